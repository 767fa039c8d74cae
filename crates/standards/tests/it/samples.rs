//! Certificates as a bureau would issue them, and the demonstration authority that signs them in tests.

use jixue_standards::authority::{Authority, make_authority};
use jixue_standards::certificate_pdf::{
    Attachment, CertificateHours, CertificatePage, CertificateRow, CertificateTexts, Seal,
};
use jixue_standards::pades::{LocalP256Signer, SignatureMetadata};

const STATEMENT: &str = "经审核，该同志在2026年度参加专业技术人员继续教育，所列学时均有学习记录可查，符合《专业技术人员继续教育规定》\
（人力资源和社会保障部令第25号）第八条关于每年累计不少于90学时、其中专业科目不少于三分之二的要求，特发此证。";
pub const URL: &str = "https://jxjy.chenzhou.example.cn/v/7QK2M9XD4HTB6W3RCP5Z8NFA1E?k=m3V8";
pub const RECORD: &[u8] = br#"{"certificate_number":"CZ-2026-0431-8820-7","hours_public":30,"hours_total":92,"v":1}"#;

pub fn texts() -> CertificateTexts {
    CertificateTexts {
        language: "zh-CN".into(),
        title: "专业技术人员继续教育证书".into(),
        subtitle: "2026 年度".into(),
        statement: STATEMENT.into(),
        number_label: "编号：".into(),
        holder_label: "姓名".into(),
        id_number_label: "身份证号".into(),
        unit_label: "工作单位".into(),
        year_label: "年度".into(),
        public_hours_label: "公需科目".into(),
        professional_hours_label: "专业科目".into(),
        total_hours_label: "合计".into(),
        hours_unit: "学时".into(),
        source_heading: "课程或来源".into(),
        subject_heading: "科目".into(),
        hours_heading: "学时".into(),
        base_heading: "施教机构".into(),
        date_heading: "认定日期".into(),
        more_rows: "另有 {count} 条学时记录，见所附电子记录与核验页面".into(),
        verification_hint: "扫码或输入核验码，核验证书真伪".into(),
        verification_code_label: "核验码".into(),
        qr_alternative: "核验页面的二维码".into(),
        seal_alternative: "样章".into(),
    }
}

/// `count` lines of a learner's year.
fn rows(count: usize) -> Vec<CertificateRow> {
    let courses = [
        ("人工智能与数字素养", "公需科目", "12", "郴州市继续教育基地（湘南学院）"),
        ("生态文明与绿色发展", "公需科目", "10", "郴州市专业技术人员继续教育基地"),
        ("法治思维与依法履职", "公需科目", "8", "郴州市专业技术人员继续教育基地"),
        ("临床护理质量管理新进展", "专业科目", "24", "湘南学院附属医院"),
        ("医院感染预防与控制", "专业科目", "18.5", "郴州市第一人民医院"),
        ("急危重症护理技能（面授班）", "专业科目", "20", "郴州市第一人民医院"),
    ];
    let row = |index: usize| {
        let (source, subject, hours, base) = courses[index % courses.len()];
        CertificateRow {
            source: source.into(),
            subject: subject.into(),
            hours: hours.into(),
            base: base.into(),
            date: format!("2026-{:02}-{:02}", 3 + index % 9, 1 + index * 7 % 28),
        }
    };
    (0..count).map(row).collect()
}

/// A yearly certificate with `count` lines.
pub fn yearly(count: usize) -> CertificatePage {
    CertificatePage {
        document_id: "cz-2026-0431-8820-7/1".into(),
        created_at: "2026-12-01T01:30:00Z".parse().unwrap(),
        number: "CZ-2026-0431-8820-7".into(),
        holder_name: "欧阳玥珺".into(),
        masked_id_number: "431***********0012".into(),
        unit_name: "郴州市第一人民医院".into(),
        year: "2026".into(),
        hours: CertificateHours {
            public: Some("30".into()),
            professional: Some("62.5".into()),
            total: Some("92.5".into()),
        },
        rows: rows(count),
        issuing_bureau: "郴州市人力资源和社会保障局".into(),
        issue_date: "2026年12月1日".into(),
        verification_url: URL.into(),
        verification_code: "7QK2M9XD4HTB6W3RCP5Z8NFA1E".into(),
        seal: Some(Seal {
            arc: "郴州市人力资源和社会保障局".into(),
            foot: "继续教育专用章".into(),
            sample_mark: Some("样章 SAMPLE".into()),
        }),
        attachment: Some(Attachment {
            name: "certificate.json".into(),
            media_type: "application/json".into(),
            description: "证书的机器可读记录".into(),
            bytes: RECORD.into(),
        }),
        texts: texts(),
    }
}

/// The certificate of the public subject: one figure, few rows.
pub fn public_subject() -> CertificatePage {
    let statement = "该同志已完成2026年度专业技术人员继续教育公需科目学习并考试合格，特此证明。本证明依据《专业技术人员继续教育规定》\
（人力资源和社会保障部令第25号）出具。";
    CertificatePage {
        hours: CertificateHours { public: Some("30".into()), ..CertificateHours::default() },
        texts: CertificateTexts {
            title: "公需科目学习合格证明".into(), statement: statement.into(), ..texts()
        },
        ..yearly(3)
    }
}

pub fn authority() -> Authority {
    let from = "2025-01-01T00:00:00Z".parse().unwrap();
    let to = "2045-01-01T00:00:00Z".parse().unwrap();
    make_authority("郴州市继续教育证书签发（演示）", "郴州市人力资源和社会保障局（演示）", from, to).unwrap()
}

pub fn signer(authority: &Authority) -> LocalP256Signer {
    LocalP256Signer::from_pkcs8_pem(&authority.signer_key_pem, &authority.signer_chain_pem).unwrap()
}

pub fn signature_metadata() -> SignatureMetadata {
    SignatureMetadata {
        name: "郴州市人力资源和社会保障局（演示）".into(),
        reason: "签发继续教育证书".into(),
        location: "湖南省郴州市".into(),
    }
}
