//! The city as it is drawn, and as whoever plays it needs to know it: who works where, who can sign in with which phone.

use super::SampleSize;
use super::chance::Chance;
use super::people::People;
use super::units::{PlannedUnit, UnitPlan};
use jixue_core::id::UnitId;
use jixue_core::org::RosterPerson;
use jixue_core::role::Role;
use jixue_core::time::Year;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The region of the sample's root bureau.
pub(super) const CITY_REGION: &str = "431000";
/// The county whose officer can sign in: it has a large share of the people.
pub(super) const COUNTY_REGION: &str = "431003";
/// The kind of the unit that has sent nobody's name yet.
const EMPTY_KIND: &str = "private_hospital";

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub name: String,
    /// The number that sign-in codes go to, in full.
    pub phone: String,
}

/// A learner of the sample, with what a roster or a list of hours would say of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub contact: Contact,
    pub identity_number: String,
}

/// A unit whose clerk can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CityUnit {
    pub id: UnitId,
    pub name: String,
    pub region_code: String,
    /// One of its people, except where it has none.
    pub clerk: Contact,
    pub people: Vec<Person>,
}

/// The built city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct City {
    pub year: Year,
    /// Officer of the root bureau.
    pub bureau_officer: Contact,
    pub county_officer: Contact,
    pub county_region: String,
    /// The largest unit of each region, the largest of all first.
    pub units: Vec<CityUnit>,
    /// A unit without people, for importing a roster by hand.
    pub empty_unit: CityUnit,
}

/// A hat that the sample gives: whose, which, and how far it reaches.
pub(super) struct HatGiven<'a> {
    pub contact: &'a Contact,
    pub role: Role,
    pub unit: Option<UnitId>,
    pub region_code: &'a str,
}

impl City {
    pub(super) fn hats(&self) -> impl Iterator<Item = HatGiven<'_>> {
        let officer = |contact, role, region_code| HatGiven { contact, role, unit: None, region_code };
        let officers = [
            officer(&self.bureau_officer, Role::BureauOfficer, CITY_REGION),
            officer(&self.county_officer, Role::CountyOfficer, self.county_region.as_str()),
        ];
        let clerks = self.units.iter().chain([&self.empty_unit]).map(|unit| HatGiven {
            contact: &unit.clerk,
            role: Role::UnitClerk,
            unit: Some(unit.id),
            region_code: &unit.region_code,
        });
        officers.into_iter().chain(clerks)
    }
}

/// The city before it is written.
pub(super) struct Plan {
    /// The last is the one without people.
    pub units: Vec<PlannedUnit>,
    bureau_officer: Contact,
    county_officer: Contact,
    empty_clerk: Contact,
}

impl Plan {
    pub fn draw(size: SampleSize) -> anyhow::Result<Self> {
        let (mut chance, mut people) = (Chance::of(size.seed), People::new()?);
        let mut official = || -> anyhow::Result<Contact> {
            let (name, phone) = people.official(&mut chance)?;
            Ok(Contact { name: name.as_str().to_owned(), phone: phone.revealed().to_owned() })
        };
        let (bureau_officer, county_officer, empty_clerk) = (official()?, official()?, official()?);
        let mut plan = UnitPlan::new(&mut chance, &mut people)?;
        let mut units = plan.units(size.learners)?;
        units.push(plan.empty_unit(EMPTY_KIND)?);
        Ok(Self { units, bureau_officer, county_officer, empty_clerk })
    }

    /// What was written, for those who play it. `ids` are the units' in the plan's order.
    pub fn city(self, year: Year, ids: &[UnitId]) -> City {
        let mut units: Vec<(UnitId, PlannedUnit)> = ids.iter().copied().zip(self.units).collect();
        let (id, empty) = units.pop().expect("the plan ends with the unit without people");
        let empty_unit = told(id, &empty, self.empty_clerk);
        let mut largest: BTreeMap<&str, &(UnitId, PlannedUnit)> = BTreeMap::new();
        for unit in &units {
            let known = largest.entry(unit.1.region_code.as_str()).or_insert(unit);
            if unit.1.people.len() > known.1.people.len() {
                *known = unit;
            }
        }
        let clerk = |unit: &PlannedUnit| unit.people.first().map(contact);
        let mut units: Vec<CityUnit> =
            largest.values().filter_map(|(id, unit)| Some(told(*id, unit, clerk(unit)?))).collect();
        units.sort_by_key(|unit| std::cmp::Reverse(unit.people.len()));
        City {
            year,
            bureau_officer: self.bureau_officer,
            county_officer: self.county_officer,
            county_region: COUNTY_REGION.to_owned(),
            units,
            empty_unit,
        }
    }
}

fn contact(person: &RosterPerson) -> Contact {
    Contact { name: person.name.as_str().to_owned(), phone: person.phone.revealed().to_owned() }
}

fn told(id: UnitId, unit: &PlannedUnit, clerk: Contact) -> CityUnit {
    let person = |person: &RosterPerson| Person {
        contact: contact(person),
        identity_number: person.identity_number.revealed().to_owned(),
    };
    CityUnit {
        id,
        name: unit.name.clone(),
        region_code: unit.region_code.clone(),
        clerk,
        people: unit.people.iter().map(person).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn city(learners: u32) -> City {
        let plan = Plan::draw(SampleSize { learners, ..SampleSize::default() }).unwrap();
        let ids: Vec<UnitId> = (1..).take(plan.units.len()).map(UnitId::from_raw).collect();
        plan.city(Year(2026), &ids)
    }

    #[test]
    fn each_region_with_people_has_a_unit_whose_clerk_can_sign_in() {
        let city = city(3_000);
        assert_eq!(city.units.len(), 12);
        assert!(city.units.iter().all(|unit| unit.clerk == unit.people[0].contact));
        assert!(city.units.windows(2).all(|two| two[0].people.len() >= two[1].people.len()));
        assert!(city.empty_unit.people.is_empty());
    }

    /// Two hats under one phone would sign one person in as another.
    #[test]
    fn no_two_hats_share_a_phone() {
        for learners in [0, 5, 500] {
            let city = city(learners);
            let phones: std::collections::BTreeSet<&str> = city.hats().map(|hat| hat.contact.phone.as_str()).collect();
            assert_eq!(phones.len(), city.units.len() + 3);
        }
    }
}
