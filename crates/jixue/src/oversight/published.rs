//! The counts of a region as they may leave the house: none from which a few people can be told.
//!
//! Officers see every number on the page: they may list these very people. A file goes on to others who may not.

use super::{Progress, RegionProgress};
use jixue_core::small_cells::{hidden, is_small};

/// A cell of the file. Few: fewer people than the threshold; hidden: it would tell a few elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Shown(i64),
    Few,
    Hidden,
}

/// Required, paid, learning, finished, exempt of each region. The exempt are in none of the other numbers, and only the
/// column sums them.
pub(super) fn published(regions: &[RegionProgress], threshold: i64) -> Vec<[Cell; 5]> {
    // Everybody of a region as one column: a region of a few people, and another that hides it in the city's sum.
    let column = |count: fn(&Progress) -> i64| {
        let counts: Vec<Vec<i64>> = regions.iter().map(|region| vec![count(&region.progress)]).collect();
        hidden(&counts, threshold).into_iter().map(|row| row[0]).collect::<Vec<bool>>()
    };
    let (wholes, exempts) = (column(|progress| progress.required), column(|progress| progress.exempt));
    let parts: Vec<Vec<i64>> = regions.iter().map(|region| parts(region.progress).to_vec()).collect();
    let parts = hidden(&parts, threshold);
    let rows = regions.iter().zip(wholes.iter().zip(exempts).zip(&parts));
    rows.map(|(region, ((whole, exempt), parts))| row(region.progress, (*whole, exempt), parts, threshold)).collect()
}

/// People in disjoint groups: not paid, paid and not begun, begun and not finished, finished.
fn parts(progress: Progress) -> [i64; 4] {
    let Progress { required, paid, learning, finished, .. } = progress;
    [required - paid, paid - learning, learning - finished, finished].map(|count| count.max(0))
}

/// Each number is a sum of groups from the end: it is shown when the groups that it leaves out, or those that it sums,
/// are not hidden.
fn row(progress: Progress, (whole, is_exempt_hidden): (bool, bool), hides: &[bool], threshold: i64) -> [Cell; 5] {
    let cell = |count: i64, shows: bool| match (shows, is_small(count, threshold)) {
        (true, _) => Cell::Shown(count),
        (false, true) => Cell::Few,
        (false, false) => Cell::Hidden,
    };
    let of =
        |from: usize| !whole && (hides[..from].iter().all(|hides| !hides) || hides[from..].iter().all(|hides| !hides));
    let Progress { required, paid, learning, finished, exempt } = progress;
    let exempt = cell(exempt, !is_exempt_hidden);
    [cell(required, !whole), cell(paid, of(1)), cell(learning, of(2)), cell(finished, of(3)), exempt]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region([required, paid, learning, finished, exempt]: [i64; 5]) -> RegionProgress {
        let (code, name_zh, name_en) = ("431002".to_owned(), "北湖区".to_owned(), "Beihu".to_owned());
        RegionProgress {
            code,
            name_zh,
            name_en,
            units: 3,
            progress: Progress { required, paid, learning, finished, exempt },
        }
    }

    #[test]
    fn large_groups_are_shown_as_they_are() {
        let cells = published(&[region([100, 80, 60, 40, 0]), region([200, 150, 90, 50, 0])], 5);
        assert_eq!(cells[0], [100, 80, 60, 40, 0].map(Cell::Shown));
        assert_eq!(cells[1], [200, 150, 90, 50, 0].map(Cell::Shown));
    }

    /// "98 of 100 paid" tells of two people as surely as "2".
    #[test]
    fn who_is_missing_is_not_told_either() {
        let cells = published(&[region([100, 98, 60, 30, 0]), region([200, 150, 90, 50, 0])], 5);
        assert_eq!(cells[0][0], Cell::Shown(100));
        assert_ne!(cells[0][1], Cell::Shown(98));
        let cells = published(&[region([100, 80, 60, 2, 0]), region([200, 150, 90, 50, 0])], 5);
        assert_eq!(cells[0][3], Cell::Few);
        assert!(matches!(cells[1][3], Cell::Hidden), "the city's sum minus this county's: {cells:?}");
    }

    #[test]
    fn a_region_of_a_few_people_shows_nothing() {
        let cells = published(&[region([3, 2, 1, 1, 0]), region([60, 40, 30, 20, 0]), region([90, 70, 50, 20, 0])], 5);
        assert_eq!(cells[0][..4], [Cell::Few; 4]);
        assert_eq!(cells[1][0], Cell::Hidden, "the city's sum minus the other county's");
        assert_eq!(cells[2][0], Cell::Shown(90));
    }

    /// Who is exempt is on leave or ill: one such person in a county is told to nobody, nor by what the city sums.
    #[test]
    fn a_few_exempt_people_are_told_to_nobody() {
        let large = [100, 80, 60, 40];
        let with = |exempt| region([large[0], large[1], large[2], large[3], exempt]);
        let cells = published(&[with(1), with(9), with(20)], 5);
        assert_eq!(cells.iter().map(|row| row[4]).collect::<Vec<_>>(), [Cell::Few, Cell::Hidden, Cell::Shown(20)]);
        assert_eq!(cells[0][..4], large.map(Cell::Shown), "the other numbers do not hold them");
    }
}
