//! The end of an attempt: by its learner, by time, once.

use super::room::{Examinee, MINUTES, Room, fields, in_rooms};
use futures_util::future::join_all;
use jixue::assessment::{TestState, sweep};

const ANSWERS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM exam_answer WHERE learner_id = $1";
const SCORES: &str = "SELECT CAST(COALESCE(SUM(score), -1) AS BIGINT) FROM exam_attempt WHERE learner_id = $1";
const STILL_OPEN: &str =
    "SELECT CAST(COUNT(*) AS BIGINT) FROM exam_attempt WHERE learner_id = $1 AND handed_in_at IS NULL";

/// How many attempts of a learner were graded, as the facts say.
async fn graded(room: &Room, examinee: &Examinee<'_>) -> i64 {
    room.city.facts(examinee.learner, "exam_graded").await
}

/// Back, forward, a double click: the second form changes nothing, whatever is ticked in it.
#[tokio::test]
async fn handing_in_twice_is_one_result() {
    in_rooms(async |room| {
        let examinee = room.examinee(1).await;
        let attempt = examinee.start(room.test).await;
        let questions = examinee.questions(&attempt).await;
        let half = fields(&questions[..4], true);
        let first = examinee.hand_in(&attempt, &half).await;
        assert_eq!(first, (303, attempt.clone().into()));
        let result = examinee.page(&attempt).await;
        assert_eq!(room.count(SCORES, examinee.learner).await, 40);
        assert_eq!(examinee.hand_in(&attempt, &fields(&questions, true)).await, first);
        assert_eq!(examinee.page(&attempt).await, result);
        assert_eq!(room.count(SCORES, examinee.learner).await, 40);
        assert_eq!(graded(room, &examinee).await, 1);
        let (status, told) = examinee.save(&attempt, &questions[5].id, 9, questions[5].right().into()).await;
        assert_eq!((status, &told["code"]), (409, &"exam.already_handed_in".into()), "a late answer");
        assert_eq!(room.count(ANSWERS, examinee.learner).await, 4);
    })
    .await;
}

/// Two windows hand in at the same moment: one of the two sheets is graded, and the result is of that one.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_windows_at_once_are_one_result() {
    in_rooms(async |room| {
        for serial in 1..=3 {
            let examinee = room.examinee(serial).await;
            let attempt = examinee.start(room.test).await;
            let questions = examinee.questions(&attempt).await;
            let (all, none) = (fields(&questions, true), Vec::new());
            let windows = (0..8).map(|window| examinee.hand_in(&attempt, if window % 2 == 0 { &all } else { &none }));
            for (status, told) in join_all(windows).await {
                assert_eq!(status, 303, "{told}");
            }
            assert_eq!(graded(room, &examinee).await, 1);
            let (score, kept) =
                (room.count(SCORES, examinee.learner).await, room.count(ANSWERS, examinee.learner).await);
            assert!([(100, 8), (0, 0)].contains(&(score, kept)), "{score} points for {kept} answers");
        }
    })
    .await;
}

/// The page's script saves while the button is pressed: what is kept and what was graded must be the same sheet.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_answer_on_its_way_is_graded_or_refused() {
    in_rooms(async |room| {
        let examinee = room.examinee(1).await;
        let (mut in_time, mut late) = (0, 0);
        for _ in 0..12 {
            let attempt = examinee.start(room.quiz).await;
            let asked = examinee.questions(&attempt).await.remove(0);
            let (right, wrong) = (i64::from(asked.right()), i64::from(asked.wrong()));
            examinee.save(&attempt, &asked.id, 1, wrong).await;
            let (saved, handed_in) =
                tokio::join!(examinee.save(&attempt, &asked.id, 2, right), examinee.hand_in(&attempt, &[]));
            assert_eq!(handed_in.0, 303, "{}", handed_in.1);
            let result = examinee.page(&attempt).await;
            let (points, words) =
                if result.contains("<b>33</b>") { (33, "3 题中答对 1 题") } else { (0, "3 题中答对 0 题") };
            assert!(result.contains(words), "{points} points: {result}");
            match saved.0 {
                200 => in_time += 1,
                409 => late += 1,
                other => panic!("{other}: {}", saved.1),
            }
            assert_eq!(points, if saved.0 == 200 { 33 } else { 0 }, "kept was {}, and graded otherwise", saved.0);
        }
        println!("{in_time} in time, {late} late");
    })
    .await;
}

/// Whoever falls asleep is graded by what was kept, and nothing sent afterwards adds to it.
#[tokio::test]
async fn time_hands_in_what_was_kept() {
    in_rooms(async |room| {
        let (asleep, late) = (room.examinee(1).await, room.examinee(2).await);
        let mut attempts = Vec::new();
        for examinee in [&asleep, &late] {
            let attempt = examinee.start(room.test).await;
            let questions = examinee.questions(&attempt).await;
            for asked in &questions[..2] {
                examinee.save(&attempt, &asked.id, 1, asked.right().into()).await;
            }
            attempts.push((attempt, questions));
        }
        room.city.test.clock.advance_ms(MINUTES * 60_000 + 31_000);
        let (attempt, questions) = &attempts[1];
        assert_eq!(late.hand_in(attempt, &fields(questions, true)).await.0, 303);
        room.city.test.settle().await;
        sweep(&room.city.test).await.unwrap();
        for examinee in [&asleep, &late] {
            assert_eq!(room.count(STILL_OPEN, examinee.learner).await, 0);
            assert_eq!(room.count(SCORES, examinee.learner).await, 20, "two answers in time");
            assert_eq!(graded(room, examinee).await, 1);
            let state = room.state(examinee.learner).await;
            assert_eq!(state, TestState::Failed { paper: room.test, score: 20, tries_left: 2 });
        }
        assert_ne!(late.start(room.test).await, *attempt, "the next try is another attempt");
    })
    .await;
}

/// The job that closes an attempt may be lost with its node; the sweep takes the same path.
#[tokio::test]
async fn the_sweep_closes_what_no_job_closed() {
    const FORGET: &str = "UPDATE job SET done_at = 1 WHERE kind = 'close_exam'";
    in_rooms(async |room| {
        let examinee = room.examinee(1).await;
        examinee.start(room.test).await;
        let forgotten = room.city.test.db.write(async |tx: &jixue::db::Tx<'_>| {
            let jobs = tx.execute(FORGET, jixue::db::values![]).await?;
            assert_eq!(jobs, 1, "a job waits for the end of the attempt");
            Ok(())
        });
        forgotten.await.unwrap();
        sweep(&room.city.test).await.unwrap();
        assert_eq!(room.count(STILL_OPEN, examinee.learner).await, 1, "its time is not over");
        room.city.test.clock.advance_ms(MINUTES * 60_000 + 40_000);
        for _ in 0..2 {
            sweep(&room.city.test).await.unwrap();
            assert_eq!(room.count(STILL_OPEN, examinee.learner).await, 0);
            assert_eq!(graded(room, &examinee).await, 1);
        }
    })
    .await;
}
