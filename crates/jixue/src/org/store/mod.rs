//! SQL of places, units and people.

pub(super) mod people;
pub(super) mod places;
pub(super) mod units;

const LENGTH: usize = places::CATALOGUE.len() + units::CATALOGUE.len() + people::CATALOGUE.len();

const ALL: [(&str, &str); LENGTH] = {
    let parts: [&[(&str, &str)]; 3] = [places::CATALOGUE, units::CATALOGUE, people::CATALOGUE];
    let mut all = [("", ""); LENGTH];
    let (mut part, mut count) = (0, 0);
    while part < parts.len() {
        let mut at = 0;
        while at < parts[part].len() {
            all[count] = parts[part][at];
            (at, count) = (at + 1, count + 1);
        }
        part += 1;
    }
    all
};

/// Every statement of this room's stores.
pub const CATALOGUE: &[(&str, &str)] = &ALL;
