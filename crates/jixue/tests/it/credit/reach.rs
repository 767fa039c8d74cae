//! Officers of counties: their own people, their own lists.

use super::office::{in_offices, list};
use crate::org::{identity_number, person};

const HOUR: i64 = 2_700;

/// A county's officer gives hours to people of the county; of others nothing is told, not even that they are known.
#[tokio::test]
async fn attack_case_09_people_of_another_county_are_as_unknown_as_nobody() {
    in_offices(async |office| {
        let officer = office.officer("431002").await;
        let mut nobody = office.line(1, "60");
        nobody[1] = identity_number(700);
        let sent = officer.send(&list(&[office.line(1, "60"), office.line(9, "60"), nobody])).await;
        let unknown = "confirmed.person_unknown".to_owned();
        assert_eq!(officer.lines(&sent).await, [(2, String::new()), (3, unknown.clone()), (4, unknown)]);
        assert_eq!(officer.confirm(&sent).await.0, 303);
        office.settle().await;
        assert_eq!(office.seconds(1).await, (60 * HOUR, 60 * HOUR, 1));
        assert_eq!(office.seconds(9).await, (0, 0, 0));
        let root = office.officer("431000").await;
        let sent = root.send(&list(&[office.line(9, "60"), office.line(2, "60")])).await;
        assert_eq!(root.lines(&sent).await, [(2, String::new()), (3, String::new())], "the root bureau reaches both");
        root.confirm(&sent).await;
        office.settle().await;
        assert_eq!(office.seconds(9).await, (60 * HOUR, 60 * HOUR, 1));
    })
    .await;
}

/// A list shows names: it is its sender's, and the root bureau's.
#[tokio::test]
async fn a_list_is_its_senders_and_the_root_bureaus() {
    in_offices(async |office| {
        let (sender, other) = (office.officer("431002").await, office.officer("431003").await);
        let root = office.officer("431000").await;
        let bytes = list(&[office.line(1, "60")]);
        let sent = sender.send(&bytes).await;
        assert_eq!(other.get(&sent).await.0, 404);
        assert_eq!(other.confirm(&sent).await, (404, "request.not_found".to_owned()));
        let name = &person(1)[0];
        for (who, sees) in [(&sender, true), (&root, true), (&other, false)] {
            let (_, lists) = who.get("/bureau/confirmed-hours").await;
            assert_eq!(lists.contains(&sent), sees, "{lists}");
        }
        assert!(sender.get(&sent).await.1.contains(name));
        // The same file from elsewhere leads to a list of its own, read with that officer's eyes: it takes nothing away.
        let elsewhere = other.send(&bytes).await;
        assert_ne!(elsewhere, sent);
        assert_eq!(other.lines(&elsewhere).await, [(2, "confirmed.person_unknown".to_owned())]);
        assert_ne!(root.send(&bytes).await, sent);
        assert_eq!(root.confirm(&sent).await.0, 303, "the root bureau may confirm it");
        office.settle().await;
        assert_eq!(office.seconds(1).await, (60 * HOUR, 60 * HOUR, 1));
        for nothing in ["/bureau/confirmed-hours/1", "/bureau/confirmed-hours/x", "/bureau/confirmed-hours/%FF"] {
            assert_eq!(root.get(nothing).await.0, 404, "{nothing}");
            assert_eq!(root.confirm(nothing).await, (404, "request.not_found".to_owned()), "{nothing}");
        }
    })
    .await;
}
