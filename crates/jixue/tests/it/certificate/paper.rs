//! The document as its holder gets it: what is on the paper, who signed it, and who may have it.

use super::city::{BUREAU, COURSE, City, UNIT, identity_number, phone};
use super::tools::{Folder, signature_verdict, tell};
use crate::engines::{Engine, engines};
use jixue::keys::{hex, sha256};

/// A learner with both certificates, signed in, and the annual one's file as downloaded.
async fn downloaded(engine: Engine) -> (City, reqwest::Client, reqwest::Response) {
    let city = City::found(engine).await;
    let learner = city.learner(1, "欧阳小丽").await;
    city.earn(learner, 30, 60).await;
    let annual = city.certificates(learner).await.remove(0);
    let path = format!("/certificates/{}/document", annual.certificate.id);
    let holder = city.test.sign_in(&phone(1)).await;
    let answer = holder.get(city.test.url(&path)).send().await.unwrap();
    (city, holder, answer)
}

#[tokio::test]
async fn the_file_says_and_proves_what_the_certificate_certifies() {
    for engine in engines() {
        let (city, _, answer) = downloaded(engine).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "application/pdf");
        let disposition = answer.headers()["content-disposition"].to_str().unwrap().to_owned();
        let plain = format!("attachment; filename=\"YL-{}-A-00000001-", city.year);
        assert!(disposition.starts_with(&plain), "{disposition}");
        assert!(disposition.contains("filename*=UTF-8''"), "{disposition}");
        let bytes = answer.bytes().await.unwrap();
        let learner = city.learner(1, "欧阳小丽").await;
        let annual = city.certificates(learner).await.remove(0);
        assert_eq!(Some(sha256(&bytes)), annual.document_sha256(), "byte for byte what was signed");

        let folder = Folder::new();
        let pdf = folder.write("certificate.pdf", &bytes);
        assert!(tell("qpdf", &["--check", &pdf]).contains("No syntax or stream encoding errors"));
        let text = tell("pdftotext", &["-layout", &pdf, "-"]);
        let number = annual.certificate.number.to_string();
        let year = city.year.to_string();
        for words in ["欧阳小丽", UNIT, BUREAU, COURSE, "样章 SAMPLE", number.as_str(), year.as_str()] {
            assert!(text.contains(words), "{words} is not in {text}");
        }
        assert!(!text.contains(&identity_number(1)), "the id number is on the paper");
        let verdict = signature_verdict(&folder, &city.test.config.keys, &pdf);
        for line in ["Signature is Valid.", "Certificate is Trusted.", "Total document signed"] {
            assert!(verdict.contains(line), "{line} is not in {verdict}");
        }
        tell("pdfdetach", &["-savefile", "certificate.json", "-o", &folder.path("record"), &pdf]);
        assert_eq!(std::fs::read(folder.path("record")).unwrap(), annual.record_bytes());
    }
}

/// The code on the paper is what strangers have: it must lead to a page that says the same certificate is valid.
#[tokio::test]
async fn the_printed_code_leads_to_a_page_that_says_valid() {
    let (city, _, answer) = downloaded(Engine::Sqlite).await;
    let folder = Folder::new();
    let pdf = folder.write("certificate.pdf", &answer.bytes().await.unwrap());
    tell("pdftoppm", &["-r", "150", "-png", "-singlefile", &pdf, &folder.path("page")]);
    let read = tell("zbarimg", &["--raw", "-q", &folder.path("page.png")]);
    let address = read.lines().next().expect("a code on the page").trim();
    assert!(address.starts_with(&city.test.url("/verify/")), "{address}");
    let page = city.test.visitor().get(address).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("真实有效") && page.contains("欧阳*丽"), "{address}: {page}");
    // What a person reads beside it and types leads to the same page.
    let text = tell("pdftotext", &["-raw", &pdf, "-"]);
    let code = address.rsplit('/').next().unwrap();
    let printed: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    assert!(printed.contains(code), "{code} is not in {text}");
}

#[tokio::test]
async fn one_flipped_bit_breaks_the_signature() {
    let (city, _, answer) = downloaded(Engine::Sqlite).await;
    let mut bytes = answer.bytes().await.unwrap().to_vec();
    let number = format!("YL-{}", city.year);
    let at = bytes.windows(number.len()).position(|window| window == number.as_bytes()).expect("the number");
    bytes[at] ^= 1;
    let folder = Folder::new();
    let pdf = folder.write("forged.pdf", &bytes);
    let verdict = signature_verdict(&folder, &city.test.config.keys, &pdf);
    assert!(verdict.contains("Digest Mismatch"), "{verdict}");
}

/// A certificate has a name and a unit on it: another learner's is simply not there.
#[tokio::test]
async fn attack_case_08_nobody_else_gets_the_file() {
    for engine in engines() {
        let (city, _, answer) = downloaded(engine).await;
        let path = answer.url().path().to_owned();
        city.learner(2, "李小明").await;
        let other = city.test.sign_in(&phone(2)).await;
        assert_eq!(other.get(city.test.url(&path)).send().await.unwrap().status(), 404);
        let nobody = city.test.visitor().get(city.test.url(&path)).send().await.unwrap();
        assert_eq!(nobody.status(), 303, "to the sign-in page");
        let missing = other.get(city.test.url("/certificates/1/document")).send().await.unwrap();
        assert_eq!(missing.status(), 404);
    }
}

#[tokio::test]
async fn the_holders_page_lists_certificates_with_their_codes() {
    let (city, holder, answer) = downloaded(Engine::Sqlite).await;
    let bytes = answer.bytes().await.unwrap();
    let learner = city.learner(1, "欧阳小丽").await;
    let annual = city.certificates(learner).await.remove(0);
    let page = holder.get(city.test.url("/certificates")).send().await.unwrap().text().await.unwrap();
    let verify = format!("/verify/{}", annual.code.plain());
    for words in [&*annual.code.to_string(), &annual.certificate.number.to_string(), &verify, "公需科目合格证明"]
    {
        assert!(page.contains(words), "{words} is not in {page}");
    }
    assert!(!page.contains(&identity_number(1)));
    let view = format!("/certificates/{}/document?view=true", annual.certificate.id);
    let shown = holder.get(city.test.url(&view)).send().await.unwrap();
    assert!(shown.headers()["content-disposition"].to_str().unwrap().starts_with("inline"));
    assert_eq!(hex(&sha256(&shown.bytes().await.unwrap())), hex(&sha256(&bytes)));
}
