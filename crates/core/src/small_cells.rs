//! Small groups in statistics: a count of very few people tells about each of them, and so does a sum minus the others.
//!
//! Source: PIPL, art. 73 (4): anonymised is only what leads back to nobody. The rule is the usual one of statistical
//! offices: counts below a threshold are hidden, and as many others as it takes that no difference shows them.

/// Below how many people a count is hidden, unless the operator says otherwise.
pub const THRESHOLD: i64 = 5;

/// Which counts of a table are hidden: `true` hides. Cells are disjoint groups of people; the sum of each row and of
/// each column is known to the reader.
///
/// A line hides no cell, or at least two whose sum reaches the threshold; only where all its positive cells are hidden
/// may it be less.
pub fn hidden(table: &[Vec<i64>], threshold: i64) -> Vec<Vec<bool>> {
    let columns = table.iter().map(Vec::len).max().unwrap_or(0);
    let mut hides: Vec<Vec<bool>> =
        table.iter().map(|row| row.iter().map(|count| is_small(*count, threshold)).collect()).collect();
    loop {
        let rows = (0..table.len()).map(|row| (0..table[row].len()).map(|column| (row, column)).collect());
        let below = (0..columns)
            .map(|column| (0..table.len()).filter(|row| column < table[*row].len()).map(|row| (row, column)).collect());
        let more = rows.chain(below).find_map(|line: Vec<(usize, usize)>| one_more(table, &hides, &line, threshold));
        match more {
            Some((row, column)) => hides[row][column] = true,
            None => return hides,
        }
    }
}

/// Whether a count is of a few people. Nobody at all is not a few.
pub fn is_small(count: i64, threshold: i64) -> bool {
    0 < count && count < threshold
}

/// The smallest positive cell that a line must hide besides; none when it is safe or has none left.
fn one_more(
    table: &[Vec<i64>],
    hides: &[Vec<bool>],
    line: &[(usize, usize)],
    threshold: i64,
) -> Option<(usize, usize)> {
    let (mut count, mut sum) = (0, 0);
    for (row, column) in line.iter().filter(|(row, column)| hides[*row][*column]) {
        count += 1;
        sum += table[*row][*column];
    }
    if count == 0 || (count > 1 && sum >= threshold) {
        return None;
    }
    let left = line.iter().filter(|(row, column)| !hides[*row][*column] && table[*row][*column] > 0);
    left.min_by_key(|(row, column)| (table[*row][*column], *row, *column)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_few_are_hidden_and_so_is_what_would_tell_them() {
        assert_eq!(hidden(&[vec![10, 20, 30]], 5), [[false; 3]]);
        // 3 alone would be the sum minus the others; 7 goes with it.
        assert_eq!(hidden(&[vec![3, 7, 30]], 5), [[true, true, false]]);
        // 1 and 2 make 3 people: still too few together.
        assert_eq!(hidden(&[vec![1, 2, 30, 9]], 5), [[true, true, false, true]]);
        assert_eq!(hidden(&[vec![0, 40]], 5), [[false, false]], "nobody is not a few");
        assert_eq!(hidden(&[vec![4, 0]], 5), [[true, false]], "there is nothing else to hide it with");
        assert_eq!(hidden(&[], 5), Vec::<Vec<bool>>::new());
    }

    /// The county's own column: a cell hidden in one county is not to be had from the city's sum.
    #[test]
    fn a_column_gives_nothing_away() {
        let hides = hidden(&[vec![3, 50, 60], vec![20, 70, 80], vec![30, 90, 90]], 5);
        let column = hides.iter().filter(|row| row[0]).count();
        assert!(column >= 2, "{hides:?}");
    }

    fn tables() -> impl Strategy<Value = Vec<Vec<i64>>> {
        (1usize..5, 1usize..5).prop_flat_map(|(rows, columns)| {
            prop::collection::vec(prop::collection::vec(0i64..30, columns..=columns), rows..=rows)
        })
    }

    /// All ways in which a line's hidden cells could be filled up to its known sum, to a bound.
    fn ways(cells: usize, sum: i64) -> i64 {
        if cells <= 1 { 1 } else { (0..=sum).map(|first| ways(cells - 1, sum - first)).sum() }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_count_of_a_few_is_shown(table in tables(), threshold in 2i64..8) {
            let hides = hidden(&table, threshold);
            for (counts, hides) in table.iter().zip(&hides) {
                for (count, hides) in counts.iter().zip(hides) {
                    prop_assert!(*hides || !is_small(*count, threshold));
                }
            }
            let few = table.iter().flatten().any(|count| is_small(*count, threshold));
            prop_assert_eq!(few, hides.iter().flatten().any(|hides| *hides), "hides when it must and only then");
        }

        /// A reader who knows a line's sum is left with more than one answer, or with a line of which all is hidden.
        #[test]
        fn no_sum_minus_the_others_tells(table in tables(), threshold in 2i64..8) {
            let hides = hidden(&table, threshold);
            let rows: Vec<Vec<(i64, bool)>> = table.iter().zip(&hides)
                .map(|(counts, hides)| counts.iter().copied().zip(hides.iter().copied()).collect()).collect();
            let columns = (0..table[0].len()).map(|column| rows.iter().map(|row| row[column]).collect::<Vec<_>>());
            for line in rows.iter().cloned().chain(columns) {
                let secret: Vec<i64> = line.iter().filter(|(_, hides)| *hides).map(|(count, _)| *count).collect();
                let all_hidden = line.iter().all(|(count, hides)| *hides || *count == 0);
                let sum: i64 = secret.iter().sum();
                prop_assert!(secret.is_empty() || all_hidden || (sum >= threshold && ways(secret.len(), sum) > 1));
            }
        }
    }
}
