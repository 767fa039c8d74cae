//! What the tables of a package mean here: schools are units, their departments are departments, staff are people.

use super::Skipped;
use super::package::{Package, Record};
use crate::org::Region;
use jixue_core::identity_number::{AreaPolicy, IdentityNumber};
use jixue_core::time::BusinessDate;
use jixue_core::uscc::Uscc;
use std::collections::{BTreeMap, HashMap};

/// Roles of those who learn or bring up, not of those who work.
const NOT_STAFF: [&str; 4] = ["student", "guardian", "parent", "relative"];
/// Departments within departments.
const DEPTH_MAX: usize = 8;

/// A unit of a package.
pub(super) struct Org {
    pub line: u32,
    pub name: String,
    /// As the package has it, good or not.
    pub code: String,
    /// In the order of a list of units.
    pub cells: Vec<String>,
}

/// Somebody of a package, as a roster has them.
pub(super) struct Person {
    pub line: u32,
    pub name: String,
    pub identity: String,
    pub phone: String,
    pub department: String,
}

/// What is brought in: units by their id in the package, the people of each, and the rows that are left out.
pub(super) struct Meaning {
    pub units: BTreeMap<String, Org>,
    pub people: BTreeMap<String, Vec<Person>>,
    pub skipped: Vec<Skipped>,
}

/// What decides where a unit lies when its code does not say so, and whether a number is one.
pub(super) struct Rules<'a> {
    pub regions: &'a [Region],
    pub region: &'a str,
    pub today: BusinessDate,
    pub demo: bool,
}

pub(super) fn of(package: &Package, rules: &Rules<'_>) -> Meaning {
    let mut meaning = Meaning { units: BTreeMap::new(), people: BTreeMap::new(), skipped: Vec::new() };
    let mut departments = HashMap::new();
    for record in &package.orgs {
        let skip = match (record.ended(), record.get("type").to_ascii_lowercase().as_str()) {
            (Some(code), _) => Some(code),
            (None, "school") => {
                meaning.units.insert(record.get("sourcedId").to_owned(), org(record, rules));
                None
            }
            (None, "department") => {
                departments.insert(record.get("sourcedId"), record);
                None
            }
            (None, _) => Some("oneroster.skipped_not_a_unit"),
        };
        if let Some(code) = skip {
            meaning.skipped.push(Skipped::of("orgs.csv", record.line, code, record.get("name")));
        }
    }
    let places = places(package);
    for record in &package.users {
        let name = name(record);
        match person(record, &name, &places, &departments, &meaning.units, rules) {
            Ok((unit, person)) => meaning.people.entry(unit).or_default().push(person),
            Err(code) => meaning.skipped.push(Skipped::of("users.csv", record.line, code, &name)),
        }
    }
    meaning
}

/// A row of a list of units. A code says by which region's office it was given; where that is no county here, the one that
/// the operator names holds.
fn org(record: &Record, rules: &Rules<'_>) -> Org {
    let code = record.get("identifier").to_owned();
    let of_code = Uscc::parse(&code).ok().map(|code| code.region_code().to_owned());
    let region = of_code.filter(|code| rules.regions.iter().any(|known| known.code == *code));
    let region = region.unwrap_or_else(|| rules.region.to_owned());
    // The first mark is the office that registered it: 5 civil affairs, 9 market regulation.
    let kind = if code.starts_with(['5', '9']) { "enterprise" } else { "public" };
    let name = record.get("name").to_owned();
    let cells = [&name, &code, "", &region, "education", kind].map(str::to_owned).to_vec();
    Org { line: record.line, name, code, cells }
}

/// Where somebody works and as what: by user.
type Places<'a> = HashMap<&'a str, (&'a str, &'a str)>;

/// Of 1.2, from the table of roles: the primary one, or the first.
fn places(package: &Package) -> Places<'_> {
    let mut places = Places::new();
    for role in package.roles.iter().filter(|role| role.ended().is_none()) {
        let place = (role.get("orgSourcedId"), role.get("role"));
        if role.get("roleType").eq_ignore_ascii_case("primary") {
            places.insert(role.get("userSourcedId"), place);
        } else {
            places.entry(role.get("userSourcedId")).or_insert(place);
        }
    }
    if !package.has_roles {
        for user in &package.users {
            // Several organisations are separated by commas; somebody works at the first.
            let org = user.get("orgSourcedIds").split(',').next().unwrap_or_default().trim();
            places.insert(user.get("sourcedId"), (org, user.get("role")));
        }
    }
    places
}

/// The unit of somebody and who they are, or the code of why they are left out.
fn person(
    record: &Record,
    name: &str,
    places: &Places<'_>,
    departments: &HashMap<&str, &Record>,
    units: &BTreeMap<String, Org>,
    rules: &Rules<'_>,
) -> Result<(String, Person), &'static str> {
    if let Some(code) = record.ended() {
        return Err(code);
    }
    let (mut org, role) = places.get(record.get("sourcedId")).copied().ok_or("oneroster.skipped_no_role")?;
    if NOT_STAFF.iter().any(|other| role.eq_ignore_ascii_case(other)) {
        return Err("oneroster.skipped_not_staff");
    }
    let mut department = String::new();
    for _ in 0..DEPTH_MAX {
        let Some(found) = departments.get(org) else { break };
        if department.is_empty() {
            department = found.get("name").to_owned();
        }
        org = found.get("parentSourcedId");
    }
    if !units.contains_key(org) {
        return Err("oneroster.skipped_org_unknown");
    }
    let phone = [record.get("sms"), record.get("phone")].into_iter().find(|phone| !phone.is_empty());
    let person = Person {
        line: record.line,
        name: name.to_owned(),
        identity: identity(record, rules),
        phone: phone.unwrap_or_default().to_owned(),
        department,
    };
    Ok((org.to_owned(), person))
}

/// Chinese names are written without a space, the family's first.
fn name(record: &Record) -> String {
    let (family, given) = (record.get("familyName"), record.get("givenName"));
    let is_latin = |name: &str| name.chars().any(|mark| mark.is_ascii_alphabetic());
    match is_latin(family) || is_latin(given) {
        true => format!("{given} {family}").trim().to_owned(),
        false => format!("{family}{given}"),
    }
}

/// The first of the user's identifiers that is the number of an identity document; else what stands in its place, so that the
/// answer to the row says what is wrong with it.
fn identity(record: &Record, rules: &Rules<'_>) -> String {
    let own = record.get("identifier");
    // `{type:id},{type:id}`
    let others =
        record.get("userIds").split(['{', '}', ',']).filter_map(|one| one.split_once(':')).map(|(_, id)| id.trim());
    let areas = AreaPolicy::ANY.with_demo(rules.demo);
    let mut all = std::iter::once(own).chain(others);
    let good = all.find(|number| IdentityNumber::parse_any(number, rules.today, areas).is_ok());
    good.unwrap_or(own).to_owned()
}
