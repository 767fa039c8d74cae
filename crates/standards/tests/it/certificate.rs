//! What a certificate shows, holds and refuses.

use jixue_standards::certificate_pdf::{CertificateError, CertificatePage, Fonts, render};

use crate::samples::{RECORD, URL, public_subject, yearly};
use crate::tools::{Folder, Word, tell, words};

fn drawn(certificate: &CertificatePage) -> Vec<u8> {
    render(certificate, &Fonts::embedded().unwrap()).unwrap()
}

/// All text of a PDF without white space.
fn plain_text(pdf: &str) -> String {
    tell("pdftotext", &["-raw", pdf, "-"]).split_whitespace().collect()
}

/// Stored files are named by their digest: the same certificate must not become two.
#[test]
fn the_same_certificate_gives_the_same_bytes() {
    assert_eq!(drawn(&yearly(9)), drawn(&yearly(9)));
    let other = CertificatePage { document_id: "another".into(), ..yearly(9) };
    assert_ne!(drawn(&yearly(9)), drawn(&other));
}

#[test]
fn the_file_is_well_formed_and_says_which_standards_it_meets() {
    for (name, certificate) in [("yearly", yearly(14)), ("public", public_subject())] {
        let folder = Folder::new(&format!("form-{name}"));
        let pdf = folder.write("certificate.pdf", drawn(&certificate));
        let verdict = tell("qpdf", &["--check", &pdf]);
        assert!(verdict.contains("No syntax or stream encoding errors"), "{verdict}");
        let about = tell("pdfinfo", &[&pdf]);
        for line in ["Tagged:          yes", "Pages:           1", "(A4)", &certificate.texts.title] {
            assert!(about.contains(line), "{line} is not in {about}");
        }
        let metadata = tell("pdfinfo", &["-meta", &pdf]);
        for mark in ["<pdfaid:part>3<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<"] {
            assert!(metadata.contains(mark), "{mark} is not in {metadata}");
        }
    }
}

/// Without ToUnicode the file cannot be searched or read aloud; without embedding it shows other letters elsewhere.
#[test]
fn every_font_is_embedded_as_a_subset_with_its_characters() {
    let folder = Folder::new("fonts");
    let listing = tell("pdffonts", &[&folder.write("certificate.pdf", drawn(&yearly(14)))]);
    let fonts: Vec<&str> = listing.lines().skip(2).collect();
    assert_eq!(fonts.len(), 3, "{listing}");
    for font in fonts {
        assert!(font.contains("+Jixue") && font.contains("yes yes yes"), "{font}");
    }
}

#[test]
fn the_text_can_be_found_and_copied() {
    let folder = Folder::new("text");
    let certificate = yearly(14);
    let text = plain_text(&folder.write("certificate.pdf", drawn(&certificate)));
    let texts = &certificate.texts;
    for part in [
        &texts.title,
        &texts.statement,
        &certificate.number,
        &certificate.holder_name,
        &certificate.masked_id_number,
        &certificate.unit_name,
        &certificate.issuing_bureau,
        &certificate.issue_date,
        &texts.source_heading,
        "急危重症护理技能（面授班）专业科目20郴州市第一人民医院2026-05-22",
        "7QK2-M9XD-4HTB-6W3R-CP5Z-8NFA-1E",
        URL,
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("另有"), "fourteen rows fit, so none is left to count");
}

/// The code on paper is the way by which an employer checks a certificate.
#[test]
fn a_scanner_reads_the_address_from_the_printed_page() {
    let folder = Folder::new("scan");
    let pdf = folder.write("certificate.pdf", drawn(&yearly(14)));
    let picture = folder.path().join("page");
    let picture = picture.to_str().unwrap();
    tell("pdftoppm", &["-r", "150", "-gray", "-png", "-singlefile", &pdf, picture]);
    let read = tell("zbarimg", &["--quiet", "--raw", &format!("{picture}.png")]);
    // On a machine without D-Bus zbarimg complains on its other channel, after the answer.
    assert_eq!(read.lines().next(), Some(URL));
}

#[test]
fn the_record_can_be_taken_out_unchanged() {
    let folder = Folder::new("record");
    let pdf = folder.write("certificate.pdf", drawn(&yearly(3)));
    let target = folder.path().join("out.json");
    tell("pdfdetach", &["-savefile", "certificate.json", "-o", target.to_str().unwrap(), &pdf]);
    assert_eq!(std::fs::read(target).unwrap(), RECORD);
    let form = tell("qpdf", &["--qdf", "--object-streams=disable", &pdf, "-"]);
    assert!(form.contains("/AFRelationship /Data"));
}

/// Dropping rows in silence would make somebody's hours disappear from the paper.
#[test]
fn rows_without_room_are_counted_in_the_last_one() {
    let folder = Folder::new("rows");
    for rows in (12..=20).chain([60]) {
        let text = plain_text(&folder.write("certificate.pdf", drawn(&yearly(rows))));
        // Every row has a date in this form, and so begins the certificate's number.
        let shown = text.matches("2026-0").count() + text.matches("2026-1").count() - 1;
        let counted = text.split("另有").nth(1).and_then(|rest| rest.split('条').next());
        let counted: usize = counted.map_or(0, |number| number.parse().unwrap());
        assert_eq!(shown + counted, rows);
        assert!(shown >= 13 || counted == 0, "{shown} of {rows} shown");
    }
}

#[test]
fn a_character_that_no_font_has_is_refused_wherever_it_stands() {
    let fonts = Fonts::embedded().unwrap();
    let refused = |certificate: CertificatePage| match render(&certificate, &fonts) {
        Err(CertificateError::MissingGlyph { character }) => character,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(CertificatePage { holder_name: "王𰻝".into(), ..yearly(2) }), '𰻝');
    assert_eq!(refused(CertificatePage { unit_name: "第一\n医院".into(), ..yearly(2) }), '\n');
    let mut certificate = yearly(2);
    certificate.rows[1].source = "课程☃".into();
    assert_eq!(refused(certificate), '☃');
}

/// What a deployment configures when a learner's name is not in our faces.
#[test]
fn a_full_font_file_writes_what_ours_lack() {
    let folder = Folder::new("extra");
    let file = std::fs::read("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
        .expect("fonts-noto-cjk is installed; scripts/test.sh installs it");
    let fonts = Fonts::with_extra_faces(vec![file]).unwrap();
    let certificate = CertificatePage { holder_name: "王𰻝明".into(), ..yearly(2) };
    let pdf = folder.write("certificate.pdf", render(&certificate, &fonts).unwrap());
    assert!(plain_text(&pdf).contains("王𰻝明"));
    assert_eq!(tell("pdffonts", &[&pdf]).lines().count(), 2 + 4);
}

fn long_texts() -> CertificatePage {
    let unit =
        "郴州市苏仙区良田镇中心卫生院与郴州市第一人民医院医疗共同体联合护理教育培训与科研管理中心（筹）".to_owned();
    let mut certificate = yearly(9);
    certificate.holder_name = "阿卜杜热合曼·阿卜杜喀迪尔·买买提依明江·玉素甫艾力穆罕默德".into();
    certificate.unit_name = unit.clone();
    certificate.number = "CZ-2026-0431-8820-7-REISSUED-0003".into();
    certificate.issuing_bureau = "郴州市人力资源和社会保障局专业技术人员管理与继续教育服务中心".into();
    certificate.texts.title = "专业技术人员继续教育年度学时认定与公需科目专业科目综合证书".into();
    for row in &mut certificate.rows {
        row.source =
            "重大突发公共卫生事件应急处置与基层医疗机构协同能力提升专题研修班（第三期，面授与网络相结合，含考核）"
                .into();
        row.base = unit.clone();
    }
    certificate
}

/// The middle half of a word's height and all of its width: line boxes of tight lines may touch, letters must not.
fn letters(word: &Word) -> (f32, f32, f32, f32) {
    let quarter = (word.bottom - word.top) / 4.0;
    (word.left + 0.5, word.top + quarter, word.right - 0.5, word.bottom - quarter)
}

#[test]
fn long_names_and_units_neither_overlap_nor_leave_the_frame() {
    let folder = Folder::new("long");
    for (name, certificate) in [("long", long_texts()), ("plain", yearly(14)), ("public", public_subject())] {
        let pdf = folder.write(&format!("{name}.pdf"), drawn(&certificate));
        assert!(plain_text(&pdf).contains(&certificate.holder_name));
        assert!(plain_text(&pdf).contains(&certificate.unit_name));
        let mut words = words(&pdf);
        // The letters along the seal's arc are one word without a box of its own.
        let arc = certificate.seal.as_ref().unwrap().arc.clone();
        words.retain(|word| word.text != arc || word.bottom > word.top);
        assert!(words.len() > 40);
        for (index, word) in words.iter().enumerate() {
            let (left, top, right, bottom) = letters(word);
            assert!(
                left > 64.0 && right < 531.5 && top > 45.0 && bottom < 797.0,
                "{} leaves the frame: {word:?}",
                word.text
            );
            for other in &words[index + 1..] {
                let (other_left, other_top, other_right, other_bottom) = letters(other);
                let apart = right <= other_left || other_right <= left || bottom <= other_top || other_bottom <= top;
                assert!(apart, "{} overlaps {}: {word:?}, {other:?}", word.text, other.text);
            }
        }
    }
}

#[test]
fn a_statement_longer_than_the_page_is_refused() {
    let fonts = Fonts::embedded().unwrap();
    let mut certificate = yearly(0);
    certificate.texts.statement = "特此证明。".repeat(400);
    assert!(matches!(render(&certificate, &fonts), Err(CertificateError::DoesNotFit { .. })));
}

/// English readers get words that are whole, and the same page.
#[test]
fn an_english_certificate_breaks_between_words() {
    let folder = Folder::new("english");
    let mut certificate = yearly(4);
    certificate.texts.language = "en".into();
    certificate.texts.title = "Certificate of Continuing Education for Professional and Technical Personnel".into();
    certificate.texts.statement =
        "This is to certify that the holder has completed the continuing education required for \
         the year, as the Regulations on Continuing Education of Professional and Technical Personnel prescribe."
            .into();
    let pdf = folder.write("certificate.pdf", drawn(&certificate));
    let text = tell("pdftotext", &["-raw", &pdf, "-"]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(&certificate.texts.statement), "{text}");
    assert!(tell("pdfinfo", &["-meta", &pdf]).contains(">en<"));
}
