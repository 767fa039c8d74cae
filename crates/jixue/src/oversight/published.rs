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

/// Required, paid, learning, finished of each region.
pub(super) fn published(regions: &[RegionProgress], threshold: i64) -> Vec<[Cell; 4]> {
    // Everybody of a region as one column: a region of a few people, and another that hides it in the city's sum.
    let wholes: Vec<Vec<i64>> = regions.iter().map(|region| vec![region.progress.required]).collect();
    let wholes: Vec<bool> = hidden(&wholes, threshold).into_iter().map(|row| row[0]).collect();
    let parts: Vec<Vec<i64>> = regions.iter().map(|region| parts(region.progress).to_vec()).collect();
    let parts = hidden(&parts, threshold);
    let rows = regions.iter().zip(wholes.iter().zip(&parts));
    rows.map(|(region, (whole, parts))| row(region.progress, *whole, parts, threshold)).collect()
}

/// People in disjoint groups: not paid, paid and not begun, begun and not finished, finished.
fn parts(progress: Progress) -> [i64; 4] {
    let Progress { required, paid, learning, finished } = progress;
    [required - paid, paid - learning, learning - finished, finished].map(|count| count.max(0))
}

/// Each number is a sum of groups from the end: it is shown when the groups that it leaves out, or those that it sums,
/// are not hidden.
fn row(progress: Progress, whole: bool, hides: &[bool], threshold: i64) -> [Cell; 4] {
    let cell = |count: i64, shows: bool| match (shows, is_small(count, threshold)) {
        (true, _) => Cell::Shown(count),
        (false, true) => Cell::Few,
        (false, false) => Cell::Hidden,
    };
    let of =
        |from: usize| !whole && (hides[..from].iter().all(|hides| !hides) || hides[from..].iter().all(|hides| !hides));
    let Progress { required, paid, learning, finished } = progress;
    [cell(required, !whole), cell(paid, of(1)), cell(learning, of(2)), cell(finished, of(3))]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region([required, paid, learning, finished]: [i64; 4]) -> RegionProgress {
        let (code, name_zh, name_en) = ("431002".to_owned(), "北湖区".to_owned(), "Beihu".to_owned());
        RegionProgress { code, name_zh, name_en, units: 3, progress: Progress { required, paid, learning, finished } }
    }

    #[test]
    fn large_groups_are_shown_as_they_are() {
        let cells = published(&[region([100, 80, 60, 40]), region([200, 150, 90, 50])], 5);
        assert_eq!(cells[0], [100, 80, 60, 40].map(Cell::Shown));
        assert_eq!(cells[1], [200, 150, 90, 50].map(Cell::Shown));
    }

    /// "98 of 100 paid" tells of two people as surely as "2".
    #[test]
    fn who_is_missing_is_not_told_either() {
        let cells = published(&[region([100, 98, 60, 30]), region([200, 150, 90, 50])], 5);
        assert_eq!(cells[0][0], Cell::Shown(100));
        assert_ne!(cells[0][1], Cell::Shown(98));
        let cells = published(&[region([100, 80, 60, 2]), region([200, 150, 90, 50])], 5);
        assert_eq!(cells[0][3], Cell::Few);
        assert!(matches!(cells[1][3], Cell::Hidden), "the city's sum minus this county's: {cells:?}");
    }

    #[test]
    fn a_region_of_a_few_people_shows_nothing() {
        let cells = published(&[region([3, 2, 1, 1]), region([60, 40, 30, 20]), region([90, 70, 50, 20])], 5);
        assert_eq!(cells[0], [Cell::Few; 4]);
        assert_eq!(cells[1][0], Cell::Hidden, "the city's sum minus the other county's");
        assert_eq!(cells[2][0], Cell::Shown(90));
    }
}
