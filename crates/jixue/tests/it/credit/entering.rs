//! Confirming: each line enters the ledger once, whatever is sent, clicked or run twice.

use super::office::{TITLE, in_offices, list};
use crate::org::person;
use futures_util::future::join_all;
use jixue::credit::{credit_confirmed, recount};
use jixue::db::Tx;
use jixue_core::id::ImportId;
use jixue_core::scope::Scope;
use jixue_core::study::{StudySeconds, Subject};

const LISTS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM confirmed_import";
const CONFIRMED: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM fact WHERE kind = 'hours_confirmed'";
/// Seconds of an hour of study.
const HOUR: i64 = 2_700;

/// An officer whose page hangs sends the file again; a colleague sends it too.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_file_twice_is_one_list() {
    in_offices(async |office| {
        let (officer, colleague) = (office.officer("431000").await, office.officer("431000").await);
        let bytes = list(&[office.line(1, "60"), office.line(2, "12.5")]);
        let copies = join_all((0..6).map(|_| officer.send(&bytes))).await;
        assert!(copies.iter().all(|copy| *copy == copies[0]), "{copies:?}");
        let theirs = colleague.send(&bytes).await;
        assert_ne!(theirs, copies[0], "a colleague looks through the file with other eyes");
        assert_eq!(officer.send_as("另一个名字.xlsx", "x/y", &bytes).await, (303, copies[0].clone()));
        assert_eq!(office.count(LISTS).await, 2);
        for _ in 0..2 {
            officer.confirm(&copies[0]).await;
            assert_eq!(officer.send(&bytes).await, copies[0], "sent again after it was confirmed");
        }
        colleague.confirm(&theirs).await;
        office.settle().await;
        assert_eq!(office.seconds(1).await, (60 * HOUR, 60 * HOUR, 1));
        assert_eq!(office.seconds(2).await, (33_750, 33_750, 1));
    })
    .await;
}

/// The list saved anew has other bytes, and a row may stand in it twice: the hours are the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_hours_in_another_list_count_once() {
    in_offices(async |office| {
        let officer = office.officer("431000").await;
        let mut respaced = office.line(1, "60.0");
        respaced[4] = format!(" {TITLE}\u{3000}");
        let first = officer.send(&list(&[office.line(1, "60"), office.line(1, "60"), office.line(2, "8")])).await;
        let (whole, repeated) = (String::new(), "confirmed.repeated".to_owned());
        assert_eq!(officer.lines(&first).await, [(2, whole.clone()), (3, repeated), (4, whole.clone())]);
        let second = officer.send(&list(&[respaced.clone(), office.line(3, "8")])).await;
        assert_eq!(officer.lines(&second).await, [(2, whole.clone()), (3, whole)], "neither is confirmed yet");
        tokio::join!(officer.confirm(&first), officer.confirm(&second));
        office.settle().await;
        assert_eq!(office.seconds(1).await, (60 * HOUR, 60 * HOUR, 1));
        assert_eq!(office.seconds(2).await, (8 * HOUR, 8 * HOUR, 1));
        assert_eq!(office.seconds(3).await, (8 * HOUR, 8 * HOUR, 1));
        let third = officer.send(&list(&[respaced])).await;
        assert_eq!(officer.lines(&third).await, [(2, "confirmed.entered_before".to_owned())]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn confirming_twice_counts_once() {
    in_offices(async |office| {
        let officer = office.officer("431000").await;
        let mut bad = office.line(3, "8");
        bad[1] = "x".into();
        let sent = officer.send(&list(&[office.line(1, "60"), bad, office.line(2, "30")])).await;
        assert_eq!(office.seconds(1).await, (0, 0, 0), "a list that is only looked at");
        for (status, to) in join_all((0..6).map(|_| officer.confirm(&sent))).await {
            assert_eq!((status, to), (303, format!("{sent}?done=hours_confirmed")));
        }
        office.settle().await;
        assert_eq!(officer.confirm(&sent).await.0, 303, "and once more, later");
        let import = ImportId::from_raw(sent.rsplit('/').next().unwrap().parse().unwrap());
        let (one, other) = tokio::join!(credit_confirmed(office, import), credit_confirmed(office, import));
        one.and(other).expect("the job may run again, and at two nodes");
        office.settle().await;
        assert_eq!(office.count(CONFIRMED).await, 1);
        assert_eq!(office.seconds(1).await, (60 * HOUR, 60 * HOUR, 1));
        assert_eq!(office.seconds(2).await, (30 * HOUR, 30 * HOUR, 1));
        assert_eq!(office.seconds(3).await, (0, 0, 0), "a bad line enters nothing");
        let (_, page) = officer.get(&sent).await;
        assert!(!page.contains("/confirmation\""), "nothing is left to confirm");
        assert_eq!(page.matches("<span class=\"tag done\">已计入</span>").count(), 2, "{page}");
    })
    .await;
}

/// Whom the hours are for reads them in the archive, with who held the training.
#[tokio::test]
async fn the_learner_reads_what_was_entered() {
    in_offices(async |office| {
        let officer = office.officer("431000").await;
        let sent = officer.send(&list(&[office.line(2, "12")])).await;
        officer.confirm(&sent).await;
        office.settle().await;
        let learner = office.sign_in(&person(2)[2]).await;
        let archive = learner.get(office.url("/credit")).send().await.unwrap().text().await.unwrap();
        assert!(archive.contains(TITLE) && archive.contains("样例市护理学会") && archive.contains("12"), "{archive}");
        let other = office.sign_in(&person(1)[2]).await;
        let archive = other.get(office.url("/credit")).send().await.unwrap().text().await.unwrap();
        assert!(!archive.contains(TITLE), "another's hours");
    })
    .await;
}

/// Lists of two offices and a finished lesson may arrive in the same millisecond: none may overwrite another's sum.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn hours_that_arrive_at_once_all_count() {
    in_offices(async |office| {
        for round in 0..5 {
            let entering = (0..10_i64).map(|number| {
                let (app, at, year) = (office.app.clone(), office.at(), office.year);
                let hours = jixue::credit::ConfirmedHours {
                    learner: office.learner(1),
                    year,
                    subject: Subject::Professional,
                    seconds: StudySeconds(HOUR),
                    import: ImportId::from_raw(1_000 + round * 100 + number),
                    line: 1,
                    title: TITLE.to_owned(),
                    provider: String::new(),
                    happened_on: at.now.business_date(),
                };
                tokio::spawn(async move {
                    let enter = async move |tx: &Tx<'_>| {
                        let facts = jixue::credit::enter_confirmed(tx, &at, &hours).await?;
                        jixue::reactions::follow(tx, &at, facts).await
                    };
                    app.db.write(enter).await
                })
            });
            for entered in join_all(entering).await {
                entered.unwrap().expect("hours are entered");
            }
            let rows = (round + 1) * 10;
            assert_eq!(office.seconds(1).await, (rows * HOUR, rows * HOUR, rows));
        }
        let different = recount(office, &Scope::system("test"), office.year).await.unwrap();
        assert!(different.is_empty(), "{different:?}");
        let year = office.year;
        let counted = office.db.read(async move |tx: &Tx<'_>| jixue::oversight::recount(tx, year).await).await.unwrap();
        assert!(counted.is_empty(), "the bureau's counts: {counted:?}");
    })
    .await;
}
