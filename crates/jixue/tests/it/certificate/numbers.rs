//! Numbers: one after another, none twice, none left out.

use super::city::City;
use crate::engines::engines;
use jixue::certificate::intend;
use jixue::db::Tx;
use jixue_core::fact::CertificateKind;

const LEARNERS: u32 = 12;

/// Auditors ask after a missing number as after a doubled one.
#[tokio::test]
async fn certificates_made_at_once_have_serials_without_gaps() {
    for engine in engines() {
        let city = City::found(engine).await;
        let mut learners = Vec::new();
        for serial in 1..=LEARNERS {
            learners.push(city.learner(serial, "王小丽").await);
        }
        let intents: Vec<_> = learners
            .iter()
            .map(|learner| {
                let (db, at, year, learner) = (city.test.db.clone(), city.test.at(), city.year, *learner);
                tokio::spawn(async move {
                    let once = async move |tx: &Tx<'_>| {
                        // The second time it is found to stand, which must not use up a number.
                        intend(tx, &at, learner, year, CertificateKind::Annual).await?;
                        intend(tx, &at, learner, year, CertificateKind::Annual).await
                    };
                    db.write(once).await.map(drop)
                })
            })
            .collect();
        for intent in intents {
            intent.await.unwrap().unwrap();
        }
        let mut numbers = Vec::new();
        for learner in &learners {
            numbers.push(city.certificate(*learner).await.certificate.number.to_string());
        }
        numbers.sort();
        let serials: Vec<u32> =
            numbers.iter().map(|number| number.split('-').nth(3).unwrap().parse().unwrap()).collect();
        assert_eq!(serials, (1..=LEARNERS).collect::<Vec<u32>>());
        let start = format!("YL-{}-A-00000001-", city.year);
        assert!(numbers[0].starts_with(&start), "{}", numbers[0]);
        city.test.settle().await;
    }
}
