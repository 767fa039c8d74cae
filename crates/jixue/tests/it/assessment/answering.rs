//! Answers: kept as they are given, only the learner's own, only what the paper offers.

use super::room::{BECAUSE, MINUTES, TRIES, in_rooms};
use serde_json::{Value, json};

const ANSWERS: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM exam_answer WHERE learner_id = $1";

/// A phone whose battery dies must not cost what was answered.
#[tokio::test]
async fn kept_answers_are_there_on_another_device() {
    in_rooms(async |room| {
        let examinee = room.examinee(1).await;
        let attempt = examinee.start(room.test).await;
        let questions = examinee.questions(&attempt).await;
        for (asked, revision) in questions.iter().zip(1_i64..) {
            let (status, told) = examinee.save(&attempt, &asked.id, revision, asked.right().into()).await;
            assert_eq!((status, &told["revision"]), (200, &json!(revision)), "{told}");
        }
        let later = examinee.at_another_device().await;
        for (asked, revision) in later.questions(&attempt).await.iter().zip(1_i64..) {
            assert_eq!((asked.chosen, asked.revision), (asked.right(), revision), "{}", asked.stem);
        }
        assert_eq!(later.start(room.test).await, attempt, "Start leads back to it");
    })
    .await;
}

/// A train's network repeats requests and turns their order around: the last thing ticked counts.
#[tokio::test]
async fn the_highest_revision_wins_in_whatever_order_it_comes() {
    in_rooms(async |room| {
        let examinee = room.examinee(1).await;
        let attempt = examinee.start(room.test).await;
        let asked = examinee.questions(&attempt).await.remove(0);
        let (right, wrong) = (i64::from(asked.right()), i64::from(asked.wrong()));
        for (revision, choice) in [(2, wrong), (5, right), (4, wrong), (5, wrong), (5, right), (1, wrong)] {
            assert_eq!(examinee.save(&attempt, &asked.id, revision, choice).await.0, 200);
        }
        let kept = examinee.questions(&attempt).await.remove(0);
        assert_eq!((kept.chosen, kept.revision), (asked.right(), 5));
        assert_eq!(examinee.save(&attempt, &asked.id, 6, 0).await.0, 200, "an answer may be taken back");
        assert_eq!(examinee.questions(&attempt).await[0].chosen, 0);
        assert_eq!(room.count(ANSWERS, examinee.learner).await, 1);
    })
    .await;
}

/// Attempts of others are not there: neither to read, nor to answer, nor to hand in.
#[tokio::test]
async fn attack_case_08_another_learners_attempt_is_not_found() {
    in_rooms(async |room| {
        let (owner, other) = (room.examinee(1).await, room.examinee(2).await);
        let attempt = owner.start(room.test).await;
        let questions = owner.questions(&attempt).await;
        let nobodys = "/exam-attempts/77".to_owned();
        for (who, path) in [(&other, &attempt), (&owner, &nobodys), (&other, &"/exam-attempts/x%FF".to_owned())] {
            assert_eq!(who.get(path).await.0, 404, "{path}");
            for (status, told) in [
                who.save(path, &questions[0].id, 1, 1).await,
                who.hand_in(path, &super::room::fields(&questions, true)).await,
            ] {
                assert_eq!((status, &told["code"]), (404, &"request.not_found".into()), "{path}");
            }
        }
        assert_eq!(room.count(ANSWERS, other.learner).await + room.count(ANSWERS, owner.learner).await, 0);
        assert_eq!(owner.questions(&attempt).await, questions, "it runs on");
    })
    .await;
}

#[tokio::test]
async fn what_the_paper_does_not_offer_is_refused_and_nothing_is_kept() {
    in_rooms(async |room| {
        let examinee = room.examinee(1).await;
        let attempt = examinee.start(room.test).await;
        let questions = examinee.questions(&attempt).await;
        let one = questions.iter().find(|asked| !asked.is_multiple && asked.options.len() == 4).unwrap();
        let truth = questions.iter().find(|asked| asked.options.len() == 2).unwrap();
        for (question, revision, choice, status, code) in [
            (one.id.as_str(), 1, 0b0011, 422, "exam.answer_does_not_fit"),
            (&one.id, 1, 0b1_0000, 422, "exam.answer_does_not_fit"),
            (&one.id, -1, 1, 422, "exam.answer_does_not_fit"),
            (&truth.id, 1, 4, 422, "exam.answer_does_not_fit"),
            ("12345", 1, 1, 404, "exam.question_not_on_paper"),
            (&one.id, 1, 65_536, 422, "request.unreadable"),
            (&one.id, 1, -1, 422, "request.unreadable"),
            ("first", 1, 1, 422, "request.unreadable"),
        ] {
            let (found, told) = examinee.save(&attempt, question, revision, choice).await;
            assert_eq!((found, &told["code"]), (status, &code.into()), "{question} {revision} {choice}");
            assert!(told["sentence"].as_str().is_some_and(|sentence| sentence.chars().count() > 5), "{told}");
        }
        for body in [json!({}), json!([]), json!({ "question": one.id, "choice": 1 }), Value::Null, json!("x")] {
            let (status, told) = examinee.save_body(&attempt, &body).await;
            assert_eq!((status, &told["code"]), (422, &"request.unreadable".into()), "{body}");
        }
        let form = format!("question={}&revision=1&choice=", one.id);
        for (kind, bytes, status) in [
            ("application/json", b"{\"question\":\"\xff\xfe\"}".to_vec(), 422),
            ("application/json", b"{".to_vec(), 422),
            ("application/json", vec![b'['; 100_000], 422),
            ("application/x-www-form-urlencoded", [form.as_bytes(), b"\xff"].concat(), 422),
            ("text/plain", b"1".to_vec(), 415),
            ("application/json", vec![b' '; 300 << 10], 413),
        ] {
            let (found, told) = examinee.save_bytes(&attempt, kind, &bytes).await;
            assert_eq!(found, status, "{kind}, {} bytes: {told}", bytes.len());
        }
        assert_eq!(room.count(ANSWERS, examinee.learner).await, 0);
        let (status, told) = examinee.hand_in(&attempt, &[(format!("q{}", one.id), "16".to_owned())]).await;
        assert_eq!((status, &told["code"]), (422, &"exam.answer_does_not_fit".into()));
        assert_eq!(examinee.questions(&attempt).await, questions, "what does not fit hands nothing in");
    })
    .await;
}

/// The page of a running attempt holds no key, no explanation and no mark of what is right; a test's key stays here as
/// long as the same questions may be asked again.
#[tokio::test]
async fn answers_leave_the_server_only_after_the_close() {
    in_rooms(async |room| {
        let examinee = room.examinee(1).await;
        let attempt = examinee.start(room.test).await;
        let asked = examinee.questions(&attempt).await;
        examinee.save(&attempt, &asked[0].id, 1, asked[0].right().into()).await;
        let running = examinee.page(&attempt).await;
        assert!(
            !running.contains(BECAUSE) && !running.contains("tag done") && !running.contains("tag due"),
            "{running}"
        );
        examinee.hand_in(&attempt, &[]).await;
        for left in (1..TRIES).rev() {
            let closed = examinee.page(&attempt).await;
            assert!(!closed.contains(BECAUSE) && !closed.contains("正确答案</span>"), "{left} tries left: {closed}");
            assert_eq!(closed.matches("tag done").count() + closed.matches("tag due").count(), 8 + 1);
            examinee.sit(room.test, false).await;
        }
        let closed = examinee.page(&attempt).await;
        assert_eq!(closed.matches(BECAUSE).count(), 8);
        // Four of one right option, two of two, two that are true or false.
        assert_eq!(closed.matches("正确答案").count(), 4 + 4 + 2, "{closed}");
    })
    .await;
}

/// The server's clock, not the phone's, says when time is over; what was on its way for some seconds still counts.
#[tokio::test]
async fn answers_are_taken_until_shortly_after_the_end() {
    in_rooms(async |room| {
        let examinee = room.examinee(1).await;
        let attempt = examinee.start(room.test).await;
        let asked = examinee.questions(&attempt).await;
        let right = |place: usize| i64::from(asked[place].right());
        room.city.test.clock.advance_ms(MINUTES * 60_000 + 5_000);
        assert_eq!(examinee.save(&attempt, &asked[0].id, 1, right(0)).await.0, 200, "within the grace");
        room.city.test.clock.advance_ms(30_000);
        let (status, told) = examinee.save(&attempt, &asked[1].id, 1, right(1)).await;
        assert_eq!(status, 409);
        let code = told["code"].as_str().unwrap();
        // The job that closes it may have been first.
        assert!(["exam.time_over", "exam.already_handed_in"].contains(&code), "{code}");
        assert_eq!(room.count(ANSWERS, examinee.learner).await, 1);
    })
    .await;
}
