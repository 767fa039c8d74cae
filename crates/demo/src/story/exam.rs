//! Quizzes and the subject's test, answered by somebody who has studied: who knows the bank's answers by heart and finds
//! them among the options in whatever order they are shown.

use super::browser::{Browser, Page};
use super::{forms, study};
use crate::world::World;
use anyhow::{Context, ensure};
use jixue::catalog::{self, PaperPurpose};
use jixue::db::Tx;
use jixue_core::study::Subject;
use jixue_core::time::Year;
use reqwest::Method;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Right answers by the words of the question.
pub type Knowledge = BTreeMap<String, BTreeSet<String>>;

/// What somebody knows who has learned every bank of the year by heart.
///
/// # Errors
/// When the catalogue cannot be read.
pub async fn knowledge(world: &World, year: Year) -> anyhow::Result<Knowledge> {
    let questions = async move |tx: &Tx<'_>| {
        let mut all = Vec::new();
        for paper in catalog::papers_of(tx, year, Subject::Public).await? {
            all.extend(catalog::questions_of(tx, paper.bank).await?);
        }
        Ok(all)
    };
    let known = world.app.db.read(questions).await?.into_iter().map(|question| {
        let key = question.rules.key();
        let right = question.options.iter().zip(0_u8..).filter(|(_, place)| key.has(*place));
        (plain(&question.stem.zh), right.map(|(option, _)| plain(&option.zh)).collect())
    });
    Ok(known.collect())
}

/// Words without what a page's layout does to their spaces.
fn plain(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The paper of the subject's test.
///
/// # Errors
/// When the year has none.
pub async fn test_paper(world: &World, year: Year) -> anyhow::Result<String> {
    let papers = async move |tx: &Tx<'_>| catalog::papers_of(tx, year, Subject::Public).await;
    let papers = world.app.db.read(papers).await?;
    let test = papers.into_iter().find(|paper| paper.purpose == PaperPurpose::Subject);
    Ok(format!("/papers/{}", test.context("the year has no test")?.id))
}

/// Takes every quiz that a course's page leads to; how many.
///
/// # Errors
/// When one is not passed.
pub async fn take_quizzes(learner: &Browser, known: &Knowledge) -> anyhow::Result<usize> {
    let mut count = 0;
    for course in study::courses(learner).await? {
        let page = learner.get(&course).await?;
        for paper in page.links().into_iter().filter(|link| link.starts_with("/papers/")).collect::<BTreeSet<_>>() {
            take(learner, &paper, known).await.with_context(|| paper.clone())?;
            count += 1;
        }
    }
    ensure!(count > 0, "no course has a quiz");
    Ok(count)
}

/// Takes a paper: starts, answers each question as the page's script saves it, hands in, and passes.
///
/// # Errors
/// When it is not passed.
pub async fn take(learner: &Browser, paper: &str, known: &Knowledge) -> anyhow::Result<()> {
    let start = learner.get(paper).await?.form_to(&format!("{paper}/attempts"))?;
    let page = learner.submit(&start).await?;
    ensure!(learner.submit(&start).await?.path == page.path, "pressing start twice began two attempts");
    let (url, csrf) = (page.attribute("data-url")?, page.csrf()?);
    for (revision, question) in (1..).zip(questions(&page)?) {
        let choice = question.choice(known)?;
        let body = json!({ "question": question.id, "revision": revision, "choice": choice });
        let kept = learner.send_json(Method::PUT, &url, &csrf, &body).await?;
        ensure!(kept["revision"] == revision, "an answer was kept as {kept}");
    }
    // The page as it is after a reload: what was saved is chosen in it.
    let page = learner.get(&page.path).await?;
    let form = page.form_to(&format!("{}/hand-in", page.path))?;
    let result = learner.submit(&form).await?;
    ensure!(result.html().contains("tag done"), "the paper was not passed: {}", forms::excerpt(result.html()));
    // Handed in twice is handed in once.
    ensure!(learner.submit(&form).await?.words() == result.words(), "a second hand-in changed the result");
    Ok(())
}

/// A question as it is shown.
struct Shown {
    id: String,
    stem: String,
    /// Value and words of each option.
    options: Vec<(u16, String)>,
}

impl Shown {
    fn choice(&self, known: &Knowledge) -> anyhow::Result<u16> {
        let right = known.get(&self.stem).with_context(|| format!("nobody learned {:?}", self.stem))?;
        let chosen = self.options.iter().filter(|(_, words)| right.contains(words));
        let sum = chosen.map(|(value, _)| value).sum();
        ensure!(sum > 0, "no option of {:?} is right", self.stem);
        Ok(sum)
    }
}

fn questions(page: &Page) -> anyhow::Result<Vec<Shown>> {
    let parts = page.html().split("<fieldset").skip(1);
    let questions: Vec<Shown> = parts.map(shown).collect::<anyhow::Result<_>>()?;
    ensure!(!questions.is_empty(), "{} asks nothing", page.path);
    Ok(questions)
}

fn shown(part: &str) -> anyhow::Result<Shown> {
    let part = part.split("</fieldset").next().unwrap_or_default();
    let id = part
        .split("data-question=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .context("a question without id")?;
    let legend = part
        .split("<legend>")
        .nth(1)
        .and_then(|rest| rest.split("</legend").next())
        .context("a question without words")?;
    let labels = part.split("<label").skip(1).map(|label| {
        let label = label.split("</label").next().unwrap_or_default();
        let value = forms::tags(label).find(|tag| tag.name == "input").and_then(|tag| tag.attribute("value"));
        let value = value.and_then(|value| value.parse().ok()).context("an option without value")?;
        Ok((value, behind_mark(&forms::words(label.split_once('>').map_or("", |(_, inside)| inside)))))
    });
    Ok(Shown {
        id: id.to_owned(),
        stem: behind_mark(&forms::words(legend)),
        options: labels.collect::<anyhow::Result<_>>()?,
    })
}

/// `3. 大模型……` and `A. 词元` without number and letter.
fn behind_mark(words: &str) -> String {
    words.split_once(". ").map_or(words, |(_, rest)| rest).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_option_is_found_wherever_it_is_shown() {
        let part = r#" id="question-3" data-question="77" data-revision="0"><legend>3. 首先切成的小块叫什么？</legend>
            <label class="choice"><input type="radio" name="q77" value="1"><span class="face">A. 段落</span></label>
            <label class="choice"><input type="radio" name="q77" value="2"><span class="face">B. 词元 &amp; 编号</span></label>
            </fieldset>"#;
        let question = shown(part).unwrap();
        assert_eq!(question.id, "77");
        let known = |answer: &str| Knowledge::from([(question.stem.clone(), BTreeSet::from([answer.to_owned()]))]);
        assert_eq!(question.choice(&known("词元 & 编号")).unwrap(), 2);
        assert!(question.choice(&known("权限")).is_err());
        assert!(question.choice(&Knowledge::new()).is_err());
    }
}
