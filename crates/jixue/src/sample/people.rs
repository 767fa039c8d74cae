//! The people of the sample city: names, numbers, titles. Nobody real is meant.

use super::chance::Chance;
use super::content::{GivenNames, LevelShare, Names, UnitKind, Units, table};
use super::numbers;
use crate::org::titles;
use jixue_core::identity_number::IdentityNumber;
use jixue_core::org::{PersonName, Phone, RosterPerson, Title, TitleLevel};
use jixue_core::time::BusinessDate;
use std::collections::HashSet;

/// Phones up to this place are kept for officers and for clerks who study nowhere.
const PHONES_KEPT: u32 = 10_000_000;
/// Phones from here belong to people whom no unit of the city employs yet.
const PHONES_OF_NEWCOMERS: u32 = 50_000_000;

/// Makes people, each with numbers of their own.
pub(super) struct People {
    names: Names,
    identity_numbers: HashSet<IdentityNumber>,
    people: u32,
    officials: u32,
}

/// People whom no unit of the sample city employs: for a roster that somebody sends by hand.
///
/// # Errors
/// When the content cannot be read.
pub fn newcomers(count: u32, seed: u64) -> anyhow::Result<Vec<RosterPerson>> {
    let units: Units = table("units.toml")?;
    let kind = units.kind.iter().find(|kind| kind.slug == "private_hospital").or(units.kind.first());
    let kind = kind.ok_or_else(|| anyhow::anyhow!("no kinds of units"))?;
    let mut people = People { people: PHONES_OF_NEWCOMERS - PHONES_KEPT, ..People::new()? };
    let mut chance = Chance::of(seed);
    (0..count).map(|_| people.person(&mut chance, kind, &units.levels)).collect()
}

impl People {
    pub fn new() -> anyhow::Result<Self> {
        Ok(Self { names: table("names.toml")?, identity_numbers: HashSet::new(), people: 0, officials: 0 })
    }

    /// The name and phone of somebody who works with the system without studying in it.
    pub fn official(&mut self, chance: &mut Chance) -> anyhow::Result<(PersonName, Phone)> {
        self.officials += 1;
        let (born, is_man) = (born(chance), chance.percent(50));
        Ok((self.name(chance, born, is_man)?, numbers::phone(self.officials)?))
    }

    /// A person employed by a unit of this kind.
    pub fn person(
        &mut self,
        chance: &mut Chance,
        kind: &UnitKind,
        levels: &[LevelShare],
    ) -> anyhow::Result<RosterPerson> {
        self.people += 1;
        let (born, is_man) = (born(chance), chance.percent(45));
        Ok(RosterPerson {
            name: self.name(chance, born, is_man)?,
            identity_number: self.identity_number(chance, born, is_man)?,
            phone: numbers::phone(PHONES_KEPT + self.people)?,
            department: Some(chance.one_of(&kind.departments).zh.clone()),
            title: title(chance, kind, levels),
        })
    }

    fn name(&self, chance: &mut Chance, born: BusinessDate, is_man: bool) -> anyhow::Result<PersonName> {
        let sex = if is_man { "male" } else { "female" };
        let fits =
            |given: &&GivenNames| given.sex == sex && (given.born_from..=given.born_until).contains(&born.year());
        let given = self.names.given.iter().find(fits).or(self.names.given.first());
        let given = given.map_or("", |given| chance.one_of(&given.names).as_str());
        let surname = &chance.weighted(&self.names.surnames, |surname| surname.weight).name;
        PersonName::parse(&format!("{surname}{given}"))
            .map_err(|refusal| anyhow::anyhow!("{surname}{given}: {refusal:?}"))
    }

    fn identity_number(
        &mut self,
        chance: &mut Chance,
        born: BusinessDate,
        is_man: bool,
    ) -> anyhow::Result<IdentityNumber> {
        let mut sequence = chance.between(0, 500) * 2 + u32::from(is_man);
        loop {
            let number = numbers::identity_number(born, sequence % 1_000)?;
            if self.identity_numbers.insert(number.clone()) {
                return Ok(number);
            }
            sequence += 2;
        }
    }
}

/// A day of birth of somebody at work: the years that the lists of given names cover.
fn born(chance: &mut Chance) -> BusinessDate {
    let day = |year: u32, month: u32, day: u32| BusinessDate(i64::from(year * 10_000 + month * 100 + day));
    day(chance.between(1968, 2001), chance.between(1, 13), chance.between(1, 29))
}

/// A title of one of the kind's series, at a level that the series has; `None` for: no title yet.
fn title(chance: &mut Chance, kind: &UnitKind, levels: &[LevelShare]) -> Option<Title> {
    let series = chance.weighted(&kind.series, |share| share.basis_points).code.clone();
    let level = match chance.weighted(levels, |share| share.basis_points).level.as_str() {
        "associate_senior" => TitleLevel::DeputySenior,
        code => TitleLevel::from_code(code)?,
    };
    let tracks = titles::all().iter().filter(|known| known.code == series).flat_map(|known| &known.tracks);
    let has_level = tracks.map(|track| track.level(level)).any(|words| words.is_some());
    // Some series begin at the assistant's level.
    Some(Title { series, level: if has_level { level } else { TitleLevel::Assistant } })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One number twice would merge two people into one record.
    #[test]
    fn nobody_shares_a_number_with_anybody() {
        let units: Units = table("units.toml").unwrap();
        let (mut people, mut chance) = (People::new().unwrap(), Chance::of(1));
        let mut phones = HashSet::new();
        for _ in 0..3 {
            assert!(phones.insert(people.official(&mut chance).unwrap().1));
        }
        for _ in 0..2_000 {
            let person = people.person(&mut chance, &units.kind[0], &units.levels).unwrap();
            assert!(phones.insert(person.phone));
            assert_eq!(person.identity_number.area(), jixue_core::identity_number::DEMO_AREA);
        }
        assert_eq!(people.identity_numbers.len(), 2_000);
    }

    /// A nurse of a series without technicians, or a doctor of the teachers' series, would not pass a clerk's eye.
    #[test]
    fn titles_are_such_as_exist() {
        let units: Units = table("units.toml").unwrap();
        let mut chance = Chance::of(2);
        for kind in &units.kind {
            for _ in 0..200 {
                let Some(title) = title(&mut chance, kind, &units.levels) else {
                    continue;
                };
                let series = titles::all().iter().find(|series| series.code == title.series);
                let tracks = &series.unwrap_or_else(|| panic!("series {}", title.series)).tracks;
                assert!(tracks.iter().any(|track| track.level(title.level).is_some()), "{title:?}");
            }
        }
    }
}
