//! Officers of an industry system: its units and people in a region, and nothing of the other systems there.

use super::{grants_of, industry, named, region, signed_in, unit_in};
use crate::credit::office::{Office, Officer, in_offices};
use crate::org::{identity_number, person};
use crate::registry::{brought, post};
use jixue::db::{Tx, values};
use jixue::oversight::{progress_by_region, progress_by_unit};
use jixue_core::authority::AuthorityRefusal;
use jixue_core::id::{AccountId, LearnerId, UnitId};
use jixue_core::org::Industry;
use jixue_core::refusal::Refusal;
use jixue_core::role::Role;
use jixue_core::scope::{Reach, Scope};

const OFFICER: &str = "13900000501";
const CLERK: &str = "13900000502";
const COUNTY: &str = "431002";

/// As the registry's page would have it.
async fn becomes(office: &Office, unit: UnitId, industry: Industry) {
    const INDUSTRY: &str = "UPDATE employer_unit SET industry = $2 WHERE unit_id = $1";
    let write = async move |tx: &Tx<'_>| tx.execute(INDUSTRY, values![unit, industry.code()]).await;
    assert_eq!(office.db.write(write).await.expect("a unit"), 1);
}

async fn body(officer: &Officer<'_>, path: &str) -> String {
    let (status, text) = officer.get(path).await;
    assert_eq!(status, 200, "{path}");
    text
}

fn give<'a>(role: &'a str, phone: &'a str, place: &'a str, industry: &'a str) -> [(&'a str, &'a str); 6] {
    [("role", role), ("name", "周敏"), ("phone", phone), ("place", place), ("industry", industry), ("until", "")]
}

/// The hospital of the county and its people are there, the school of the same county is not; when the hospital is
/// another system's, it is gone in the next request.
#[tokio::test]
async fn an_industry_officer_reads_the_units_and_people_of_the_industry_only() {
    in_offices(async |office| {
        let (hospital, far) = (unit_in(office, COUNTY).await, unit_in(office, "431003").await);
        let school = brought(office, "青云学校", Err("筹建中"), COUNTY).await;
        becomes(office, school, Industry::Education).await;
        let officer = signed_in(office, OFFICER, Role::IndustryOfficer, industry(COUNTY, Industry::Health)).await;
        let (name, someone) = (&person(1)[0], office.learner(1));
        let own = format!("/people/{someone}");
        let lists = ["/bureau/units", "/api/v1/units", "/bureau/people", "/api/v1/people"];
        for path in lists {
            let list = body(&officer, path).await;
            assert!(list.contains(&hospital.name), "{path}: {list}");
            assert!(!list.contains("青云学校") && !list.contains(&far.name), "{path}: {list}");
        }
        let csv = body(&officer, "/bureau/people-export?format=csv").await;
        assert!(csv.contains(name.as_str()) && !csv.contains(&identity_number(1)) && !csv.contains(&far.name), "{csv}");
        assert!(body(&officer, &own).await.contains(name.as_str()));
        assert!(body(&officer, &format!("/bureau/progress/{COUNTY}")).await.contains(&hospital.name));
        for (path, status) in [
            (format!("/bureau/units/{}", hospital.id), 200),
            (format!("/bureau/units/{school}"), 404),
            (format!("/bureau/units/{}", far.id), 404),
            (format!("/people/{}", office.learner(9)), 404),
            ("/bureau/progress/431003".to_owned(), 404),
            ("/bureau/money".to_owned(), 403),
            ("/exemptions".to_owned(), 403),
            ("/registrations".to_owned(), 403),
            ("/bureau/confirmed-hours".to_owned(), 403),
            ("/audit".to_owned(), 403),
        ] {
            assert_eq!(officer.get(&path).await.0, status, "{path}");
        }
        becomes(office, hospital.id, Industry::Education).await;
        for path in lists.into_iter().chain(["/bureau/people-export?format=csv"]) {
            let list = body(&officer, path).await;
            assert!(!list.contains(&hospital.name) && !list.contains(name.as_str()), "{path}: {list}");
        }
        assert_eq!(officer.get(&own).await.0, 404, "a person of a unit that is another system's now");
        assert!(!body(&officer, &format!("/bureau/progress/{COUNTY}")).await.contains(&hospital.name));
    })
    .await;
}

/// What `scope` reaches: required people of all regions, and units with a year.
async fn counted(office: &Office, reach: Reach) -> (i64, usize, i64) {
    let (scope, year) = (Scope::granted(AccountId::from_raw(1), reach), office.year);
    let read = async move |tx: &Tx<'_>| {
        let regions = progress_by_region(tx, &scope, year).await?;
        let units = progress_by_unit(tx, &scope, year, COUNTY, UnitId::from_raw(0), 100).await?;
        let required = regions.iter().map(|region| region.progress.required).sum::<i64>();
        Ok((required, units.len(), regions.iter().map(|region| region.units).sum::<i64>()))
    };
    office.db.read(read).await.expect("counts")
}

/// Every system's number in the SQL is that of its code, and what is summed is that system's alone.
#[tokio::test]
async fn figures_and_objects_are_bound_to_each_industry() {
    in_offices(async |office| {
        let unit = unit_in(office, COUNTY).await.id;
        let whole = counted(office, region(COUNTY)).await;
        assert!(whole.0 > 0 && whole.1 == 1 && whole.2 == 1, "{whole:?}");
        for is in Industry::ALL {
            becomes(office, unit, is).await;
            for asked in Industry::ALL {
                let expected = if asked == is { whole } else { (0, 0, 0) };
                assert_eq!(counted(office, industry(COUNTY, asked)).await, expected, "{asked:?} of {is:?}");
                let scope = Scope::granted(AccountId::from_raw(1), industry(COUNTY, asked));
                let learner: LearnerId = office.learner(1);
                let year = office.year;
                let read = async move |tx: &Tx<'_>| {
                    let person = jixue::org::learner(tx, &scope, learner).await?.is_some();
                    let unit = jixue::org::unit(tx, &scope, unit).await?.is_some();
                    let entries = jixue::credit::entries_of(tx, &scope, learner, year).await?.len();
                    Ok((person, unit, entries))
                };
                let found = office.db.read(read).await.expect("objects");
                assert_eq!(found, (asked == is, asked == is, 0), "{asked:?} of {is:?}");
            }
        }
    })
    .await;
}

/// A county names the officer, who names clerks of the industry's units there and nobody else.
#[tokio::test]
async fn rights_go_down_within_the_industry() {
    in_offices(async |office| {
        let hospital = unit_in(office, COUNTY).await;
        let code = hospital.uscc.clone().expect("a code");
        let county = office.officer(COUNTY).await;
        let form = body(&county, "/grants?give=industry_officer").await;
        assert!(form.contains("name=\"industry\"") && form.contains("value=\"health\""), "{form}");
        for (place, system, status, refusal) in [
            ("431003", "health", 403, "grant.beyond_your_reach"),
            (COUNTY, "magic", 422, "unit.industry_unknown"),
            (COUNTY, "", 422, "unit.industry_unknown"),
        ] {
            let told = post(&county, "/grants", &give("industry_officer", OFFICER, place, system)).await;
            assert_eq!(told, (status, refusal.to_owned()), "{place} {system}");
        }
        let given = post(&county, "/grants", &give("industry_officer", OFFICER, COUNTY, "health")).await;
        assert_eq!(given, (303, "/grants?done=grant_given".to_owned()));
        let list = body(&county, "/grants").await;
        assert!(list.contains("卫生健康 · 北湖区"), "{list}");
        let client = office.sign_in(OFFICER).await;
        let csrf = office.csrf(&client).await;
        let officer = Officer { office, client, csrf };
        assert!(body(&officer, "/me").await.contains("卫生健康 · 北湖区"), "the hat names the system");
        becomes(office, hospital.id, Industry::Education).await;
        let beyond = post(&officer, "/grants", &give("unit_clerk", CLERK, &code, "")).await;
        assert_eq!(beyond, (403, "grant.beyond_your_reach".to_owned()));
        let own = post(&officer, "/grants", &give("industry_officer", CLERK, COUNTY, "health")).await;
        assert_eq!(own, (403, "grant.role_not_yours".to_owned()));
        becomes(office, hospital.id, Industry::Health).await;
        assert_eq!(post(&officer, "/grants", &give("unit_clerk", CLERK, &code, "")).await.0, 303);
        let clerk = grants_of(office, CLERK).await[0].0;
        assert!(body(&officer, "/grants").await.contains(&hospital.name));
        becomes(office, hospital.id, Industry::Education).await;
        assert!(!body(&officer, "/grants").await.contains(&hospital.name));
        let taking = format!("/grants/{clerk}/ending");
        assert_eq!(post(&officer, &taking, &[("reason", "调离")]).await.0, 404, "a clerk of another system");
        becomes(office, hospital.id, Industry::Health).await;
        assert_eq!(post(&officer, &taking, &[("reason", "调离")]).await.0, 303);
    })
    .await;
}

/// The operator too gives it with an industry system, and no other role with one.
#[tokio::test]
async fn the_role_goes_with_an_industry_and_no_other_does() {
    in_offices(async |office| {
        let unfit = AuthorityRefusal::ReachUnfit.code();
        for (role, reach) in [
            (Role::IndustryOfficer, region(COUNTY)),
            (Role::CountyOfficer, industry(COUNTY, Industry::Health)),
            (Role::Finance, industry(COUNTY, Industry::Health)),
        ] {
            let refused = named(office, OFFICER, role, reach).await.1.expect_err("a reach that does not fit");
            assert!(format!("{refused:?}").contains(unfit), "{role:?}: {refused:?}");
        }
        for one in [Industry::Health, Industry::Education, Industry::Health] {
            named(office, OFFICER, Role::IndustryOfficer, industry(COUNTY, one)).await.1.expect("a grant");
        }
        assert_eq!(grants_of(office, OFFICER).await.len(), 2, "one for each industry");
    })
    .await;
}
