//! Units that go from one county to another.

use super::{Desk, brought, post};
use crate::credit::office::{Office, in_offices};
use crate::org::{CLERK_OF_FIRST, person};
use jixue::db::Tx;
use jixue_core::scope::Scope;

async fn unit(office: &Office) -> i64 {
    office.count("SELECT unit_id FROM employer_unit WHERE uscc = '12431021MJX000034G'").await
}

/// People whom this year requires to study, by county.
async fn required(office: &Office) -> [i64; 2] {
    let year = office.year;
    let read = async move |tx: &Tx<'_>| jixue::oversight::progress_by_region(tx, &Scope::system("test"), year).await;
    let regions = office.db.read(read).await.expect("progress");
    ["431002", "431003"]
        .map(|code| regions.iter().find(|region| region.code == code).map_or(0, |region| region.progress.required))
}

#[tokio::test]
async fn a_unit_goes_when_the_receiving_county_agrees_and_the_former_one_sees_it_no_more() {
    in_offices(async |office| {
        let (from, to) = (office.officer("431002").await, office.officer("431003").await);
        let unit = unit(office).await;
        let (ask, learner) = (format!("/bureau/units/{unit}/region"), office.learner(1));
        let wanted = [("region", "431003"), ("reason", "区划调整")];
        assert_eq!(post(&to, &ask, &wanted).await, (404, "request.not_found".to_owned()), "nobody takes a unit");
        for (region, reason, told) in [
            ("431099", "区划调整", (422, "unit_move.region_unknown")),
            ("431002", "区划调整", (409, "unit_move.lies_there")),
            ("431003", " ", (422, "unit_move.reason_missing")),
        ] {
            let answer = post(&from, &ask, &[("region", region), ("reason", reason)]).await;
            assert_eq!(answer, (told.0, told.1.to_owned()));
        }
        assert_eq!(post(&from, &ask, &wanted).await, (303, "/bureau/unit-moves?done=unit_move_asked".to_owned()));
        assert_eq!(post(&from, &ask, &wanted).await, (409, "unit_move.asked_already".to_owned()));
        let number = office.count("SELECT MAX(move_id) FROM unit_move").await;
        let answer = format!("/bureau/unit-moves/{number}/answer");
        let comes = [("answer", "comes")];
        assert_eq!(
            post(&from, &answer, &comes).await,
            (404, "request.not_found".to_owned()),
            "who asks does not answer"
        );
        let withdrawal = format!("/bureau/unit-moves/{number}/withdrawal");
        assert_eq!(post(&to, &withdrawal, &[]).await.0, 404, "nor takes back what another county asked");
        assert_eq!(required(office).await, [3, 1]);
        assert_eq!(from.get(&format!("/people/{learner}")).await.0, 200);

        assert_eq!(post(&to, &answer, &comes).await, (303, "/bureau/unit-moves?done=unit_moved".to_owned()));
        assert_eq!(post(&to, &answer, &comes).await, (409, "unit_move.answered".to_owned()));
        assert_eq!(required(office).await, [0, 4], "this year counts where the unit lies now");
        for (officer, status) in [(&from, 404), (&to, 200)] {
            assert_eq!(officer.get(&format!("/bureau/units/{unit}")).await.0, status);
            assert_eq!(officer.get(&format!("/people/{learner}")).await.0, status, "in the very next request");
        }
        let clerk = Desk::of(office, CLERK_OF_FIRST).await;
        assert!(clerk.get("/unit/people").await.1.contains(&person(1)[0]), "its clerks go on");
        assert!(to.get(&format!("/bureau/units/{unit}")).await.1.contains("从“北湖区”到“苏仙区”"), "history is kept");
        let year = office.year;
        let recount = async move |tx: &Tx<'_>| jixue::oversight::recount(tx, year).await;
        assert!(office.db.read(recount).await.unwrap().is_empty());
        assert_eq!(office.count("SELECT COUNT(*) FROM fact WHERE kind = 'unit_moved'").await, 1);
    })
    .await;
}

/// Whoever reaches both counties moves it at once; a namesake in the way has to be looked at first.
#[tokio::test]
async fn an_officer_of_both_counties_moves_it_at_once() {
    in_offices(async |office| {
        let root = office.officer("431000").await;
        let ask = format!("/bureau/units/{}/region", unit(office).await);
        let wanted = [("region", "431003"), ("reason", "区划调整")];
        brought(office, "云溪 医院", Err("新成立"), "431003").await;
        assert_eq!(post(&root, &ask, &wanted).await, (409, "unit_move.name_taken".to_owned()));
        assert_eq!(office.count("SELECT COUNT(*) FROM unit_move").await, 0, "nothing half done");
        let elsewhere = [("region", "431000"), ("reason", "改为市直")];
        assert_eq!(post(&root, &ask, &elsewhere).await, (303, "/bureau/unit-moves?done=unit_moved".to_owned()));
        assert_eq!(required(office).await, [0, 1]);
    })
    .await;
}
