//! Start: one attempt, one paper, drawn once.

use super::room::{Asked, TRIES, bank, in_rooms};
use futures_util::future::join_all;
use jixue::assessment::TestState;
use jixue::catalog;
use jixue::db::Tx;
use std::collections::BTreeSet;

const ATTEMPTS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM exam_attempt WHERE learner_id = $1";

/// Questions and options in the order shown, without what was ticked.
fn order(questions: &[Asked]) -> Vec<(String, Vec<String>)> {
    let options = |asked: &Asked| asked.options.iter().map(|(_, words)| words.clone()).collect();
    questions.iter().map(|asked| (asked.stem.clone(), options(asked))).collect()
}

/// A page that dealt anew at each look would let a learner reload until the questions are easy.
#[tokio::test]
async fn a_paper_is_drawn_once_and_differs_from_the_neighbours() {
    in_rooms(async |room| {
        let mut papers = Vec::new();
        for serial in 1..=3 {
            let examinee = room.examinee(serial).await;
            let attempt = examinee.start(room.test).await;
            let questions = examinee.questions(&attempt).await;
            let multiple = questions.iter().filter(|asked| asked.is_multiple).count();
            assert_eq!((questions.len(), multiple), (8, 2));
            let ids: BTreeSet<&String> = questions.iter().map(|asked| &asked.id).collect();
            assert_eq!(ids.len(), 8, "a question was asked twice");
            // A later bank, however alike, is another one.
            let at = room.city.test.at();
            let freeze = async move |tx: &Tx<'_>| catalog::freeze_bank(tx, &at, &bank()).await;
            room.city.test.db.write(freeze).await.unwrap();
            assert_eq!(examinee.questions(&attempt).await, questions, "another paper at the second look");
            papers.push(order(&questions));
        }
        assert!(papers[0] != papers[1] || papers[1] != papers[2], "three learners were dealt the same paper");
    })
    .await;
}

/// Whoever is nervous clicks twice; whoever cheats sends twenty requests and takes the easiest paper.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn start_clicked_often_is_one_attempt() {
    in_rooms(async |room| {
        for serial in 1..=4 {
            let examinee = room.examinee(serial).await;
            let paper = room.test.to_string();
            let clicks = join_all((0..12).map(|_| examinee.click_start(&paper))).await;
            let first = &clicks[0];
            assert_eq!(first.0, 303, "{}", first.1);
            assert!(clicks.iter().all(|click| click == first), "{clicks:?}");
            assert_eq!(examinee.click_start(&paper).await, *first, "and once more, later");
            assert_eq!(room.count(ATTEMPTS, examinee.learner).await, 1);
            assert!(matches!(room.state(examinee.learner).await, TestState::Open { .. }));
        }
    })
    .await;
}

#[tokio::test]
async fn who_has_not_paid_and_what_is_no_paper_start_nothing() {
    in_rooms(async |room| {
        let (stranger, examinee) = (room.stranger(1).await, room.examinee(2).await);
        let (status, told) = stranger.click_start(&room.test.to_string()).await;
        assert_eq!((status, &told["code"]), (403, &"exam.not_enrolled".into()));
        for nothing in ["1", "999999999", "x", "%FF", "-1"] {
            let (status, told) = examinee.click_start(nothing).await;
            assert_eq!((status, &told["code"]), (404, &"request.not_found".into()), "{nothing}");
        }
        assert_eq!(room.count(ATTEMPTS, stranger.learner).await + room.count(ATTEMPTS, examinee.learner).await, 0);
    })
    .await;
}

/// Failing may be repeated as often as the paper says; passing ends it.
#[tokio::test]
async fn attempts_end_with_their_number_or_with_a_pass() {
    in_rooms(async |room| {
        let (failing, passing) = (room.examinee(1).await, room.examinee(2).await);
        let mut seen = BTreeSet::new();
        for left in (0..TRIES).rev() {
            assert!(seen.insert(failing.sit(room.test, false).await), "an attempt was handed out again");
            let state = room.state(failing.learner).await;
            assert_eq!(state, TestState::Failed { paper: room.test, score: 0, tries_left: left });
        }
        let (status, told) = failing.click_start(&room.test.to_string()).await;
        assert_eq!((status, &told["code"]), (409, &"exam.attempts_used".into()));
        failing.sit(room.quiz, false).await; // another paper counts its own
        passing.sit(room.test, false).await;
        passing.sit(room.test, true).await;
        let (status, told) = passing.click_start(&room.test.to_string()).await;
        assert_eq!((status, &told["code"]), (409, &"exam.already_passed".into()));
        assert_eq!(room.count(ATTEMPTS, passing.learner).await, 2);
    })
    .await;
}
