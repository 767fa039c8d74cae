//! What a result means for hours, requirement and certificate.

use super::room::{TRIES, fields, in_rooms};
use futures_util::future::join_all;
use jixue::assessment::TestState;
use jixue_core::study::Subject;

const PASSED: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM standing WHERE learner_id = $1 AND exam_passed_at IS NOT NULL";
const ENTRIES: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM credit_entry WHERE learner_id = $1";

/// Hours alone are no certificate where the rules ask for a test, and a test alone is none either.
#[tokio::test]
async fn the_certificate_needs_hours_and_a_passed_test() {
    in_rooms(async |room| {
        let (first, second) = (room.examinee(1).await, room.examinee(2).await);
        // Hours, then the test.
        room.city.earn(first.learner, 30, 0).await;
        assert!(room.city.certificates(first.learner).await.is_empty());
        first.sit(room.test, false).await;
        room.city.test.settle().await;
        assert_eq!(room.count(PASSED, first.learner).await, 0, "a failed test");
        assert!(room.city.certificates(first.learner).await.is_empty());
        let attempt = first.sit(room.test, true).await;
        assert!(first.page(&attempt).await.contains("<b>100</b>"));
        room.city.test.settle().await;
        // The test, then hours.
        second.sit(room.test, true).await;
        room.city.test.settle().await;
        assert_eq!(room.count(ENTRIES, second.learner).await, 0, "a test is no hours");
        assert!(room.city.certificates(second.learner).await.is_empty());
        room.city.earn(second.learner, 30, 0).await;
        for learner in [first.learner, second.learner] {
            assert_eq!(room.count(PASSED, learner).await, 1);
            assert!(room.city.certificate(learner).await.is_in_force());
            assert_eq!(room.city.facts(learner, "requirement_met").await, 1);
        }
    })
    .await;
}

/// The last hours are confirmed in the moment in which the test is handed in: neither may miss the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_test_and_hours_at_the_same_moment_meet_the_requirement() {
    in_rooms(async |room| {
        for serial in 1..=6 {
            let examinee = room.examinee(serial).await;
            let attempt = examinee.start(room.test).await;
            let sheet = fields(&examinee.questions(&attempt).await, true);
            let hours = |line| room.city.hours(examinee.learner, line, Subject::Public, 3);
            let entering = join_all((1..=10).map(|line| room.city.enter(hours(line))));
            let (handed_in, _) = tokio::join!(examinee.hand_in(&attempt, &sheet), entering);
            assert_eq!(handed_in.0, 303, "{}", handed_in.1);
            assert_eq!(room.city.facts(examinee.learner, "requirement_met").await, 1, "learner {serial}");
        }
        room.city.test.settle().await;
    })
    .await;
}

/// A chapter's quiz may be passed and failed at will: it is practice.
#[tokio::test]
async fn a_quiz_is_not_the_test() {
    in_rooms(async |room| {
        let examinee = room.examinee(1).await;
        room.city.earn(examinee.learner, 30, 0).await;
        examinee.sit(room.quiz, false).await;
        let attempt = examinee.sit(room.quiz, true).await;
        assert!(examinee.page(&attempt).await.contains("<b>100</b>"));
        room.city.test.settle().await;
        assert_eq!(room.count(PASSED, examinee.learner).await, 0);
        assert!(room.city.certificates(examinee.learner).await.is_empty());
        assert_eq!(room.state(examinee.learner).await, TestState::Ready { paper: room.test });
    })
    .await;
}

/// The page before the test says where one stands: ready, running, failed with tries left, passed with the best score.
#[tokio::test]
async fn the_papers_page_follows_the_attempts() {
    in_rooms(async |room| {
        let examinee = room.examinee(1).await;
        let address = format!("/papers/{}", room.test);
        let button = format!("action=\"/papers/{}/attempts\"", room.test);
        assert!(examinee.page(&address).await.contains(&button), "ready");
        let attempt = examinee.start(room.test).await;
        assert!(examinee.page(&address).await.contains(&attempt), "the way back to what runs");
        examinee.hand_in(&attempt, &[]).await;
        assert!(examinee.page(&address).await.contains(&button), "{} tries are left", TRIES - 1);
        let passed = examinee.sit(room.test, true).await;
        let page = examinee.page(&address).await;
        assert!(!page.contains(&button) && page.contains(&passed), "nothing is left to do: {page}");
        let state = room.state(examinee.learner).await;
        assert!(matches!(state, TestState::Passed { score: 100, .. }), "{state:?}");
    })
    .await;
}
