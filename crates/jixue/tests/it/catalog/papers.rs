//! Question banks and papers.

use super::*;

/// Questions come back with their keys and words; a paper its bank cannot fill is refused.
#[tokio::test]
async fn a_bank_is_frozen_and_a_paper_must_fit_it() {
    in_catalogues(async |app| {
        let at = app.at();
        let work = async move |tx: &Tx<'_>| {
            let bank = catalog::freeze_bank(tx, &at, &frozen()).await?;
            let questions = catalog::questions_of(tx, bank).await?;
            let keys: Vec<String> = questions.iter().map(|question| question.rules.key().to_string()).collect();
            assert_eq!(keys, ["B", "AC", "A"]);
            assert_eq!(questions[0].options[3].zh, "选项3");
            assert_eq!(questions[0].rules.tags(), ["t", "t-1"]);
            assert_eq!(catalog::bank(tx, bank).await?.questions().len(), 3);
            let id = catalog::add_paper(tx, &at, &paper(bank, 1)).await?;
            let subject = NewPaper { purpose: PaperPurpose::Subject, ..paper(bank, 1) };
            let test = catalog::add_paper(tx, &at, &subject).await?;
            let papers = catalog::papers_of(tx, YEAR, Subject::Public).await?;
            assert_eq!(papers.iter().map(|paper| paper.id).collect::<Vec<_>>(), [test, id]);
            assert_eq!(catalog::paper(tx, id).await?.expect("the paper").blueprint, paper(bank, 1).blueprint);
            Ok(bank)
        };
        let bank = app.db.write(work).await.unwrap();
        for (wrong, code) in [
            (paper(bank, 2), "exam.too_few_single"),
            (NewPaper { pass_score: 11, ..paper(bank, 1) }, "catalog.paper_out_of_range"),
            (NewPaper { minutes: 0, ..paper(bank, 1) }, "catalog.paper_out_of_range"),
        ] {
            let at = app.at();
            let add = async move |tx: &Tx<'_>| catalog::add_paper(tx, &at, &wrong).await;
            assert_eq!(app.db.write(add).await.unwrap_err().code(), Some(code));
        }
    })
    .await;
}

/// The digest says whether two banks ask the same: every word and key is in it.
#[test]
fn a_banks_digest_is_of_its_questions() {
    let same = |questions: Vec<NewQuestion>| FrozenBank::new(Bilingual::default(), questions).unwrap().digest;
    let single = || question(QuestionKind::Single, "B");
    assert_eq!(same(vec![single()]), same(vec![single()]));
    assert_ne!(same(vec![single()]), same(vec![question(QuestionKind::Single, "C")]));
    let mut reworded = single();
    reworded.options[2].en = "three".to_owned();
    assert_ne!(same(vec![single()]), same(vec![reworded]));
    let unanswerable = FrozenBank::new(Bilingual::default(), vec![question(QuestionKind::Multiple, "B")]);
    assert_eq!(unanswerable.unwrap_err().code(), Some("bank.key_does_not_fit"));
}
