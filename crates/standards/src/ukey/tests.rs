//! Certificates made here, each wrong in one way. Answers as a vendor's software makes them are tested against the simulated
//! UKey.

use super::*;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber, SigningKey, date_time_ymd,
};

/// 2027-01-15.
const NOW: i64 = 1_800_000_000;

struct Made {
    params: CertificateParams,
    key: KeyPair,
    der: Vec<u8>,
}

impl Made {
    fn authority(name: &str) -> Self {
        let mut params = params(name, 2030);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Self { params, key, der }
    }

    fn issue(&self, mut params: CertificateParams) -> Self {
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().unwrap();
        let der = params.signed_by(&key, &Issuer::from_params(&self.params, &self.key)).unwrap().der().to_vec();
        Self { params, key, der }
    }

    fn revoke(&self, serials: &[u64], next_update_year: i32) -> Vec<u8> {
        let revoked = |serial: &u64| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time: date_time_ymd(2026, 1, 1),
            reason_code: None,
            invalidity_date: None,
        };
        let list = CertificateRevocationListParams {
            this_update: date_time_ymd(2026, 1, 1),
            next_update: date_time_ymd(next_update_year, 1, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: serials.iter().map(revoked).collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        list.signed_by(&Issuer::from_params(&self.params, &self.key)).unwrap().der().to_vec()
    }
}

fn params(name: &str, until_year: i32) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2026, 1, 1);
    params.not_after = date_time_ymd(until_year, 1, 1);
    params.is_ca = IsCa::ExplicitNoCa;
    params
}

fn officer(until_year: i32) -> CertificateParams {
    let mut params = params("He Jing", until_year);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.serial_number = Some(SerialNumber::from(7));
    params
}

fn trust(anchors: &[&Made], lists: &[Vec<u8>]) -> Trust {
    let anchors: Vec<Vec<u8>> = anchors.iter().map(|made| made.der.clone()).collect();
    Trust::read(&anchors, lists).unwrap()
}

#[test]
fn a_certificate_of_a_trusted_issuer_is_good_also_over_one_between() {
    let root = Made::authority("Root");
    let direct = root.issue(officer(2029));
    let holder = trust(&[&root], &[]).check(&direct.der, &[], NOW).unwrap();
    assert_eq!(holder.subject, "CN=He Jing");
    let mut middle = params("Middle", 2029);
    middle.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    middle.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let middle = root.issue(middle);
    let below = middle.issue(officer(2028));
    let trust = trust(&[&root], &[]);
    assert!(trust.check(&below.der, std::slice::from_ref(&middle.der), NOW).is_ok());
    assert!(matches!(trust.check(&below.der, &[], NOW), Err(UkeyError::Untrusted(_))));
}

/// Each of these would let somebody pass as an officer.
#[test]
fn what_is_wrong_in_one_way_is_refused() {
    let (root, stranger) = (Made::authority("Root"), Made::authority("Root"));
    let trust = trust(&[&root], &[]);
    let check = |made: &Made| trust.check(&made.der, &[], NOW).unwrap_err();
    assert!(matches!(check(&stranger.issue(officer(2029))), UkeyError::Untrusted(_)), "the same name, another key");
    assert_eq!(check(&root.issue(officer(2027))), UkeyError::NotValidNow, "over since New Year");
    let mut early = officer(2029);
    early.not_before = date_time_ymd(2028, 1, 1);
    assert_eq!(check(&root.issue(early)), UkeyError::NotValidNow);
    let mut encrypts = officer(2029);
    encrypts.key_usages = vec![KeyUsagePurpose::KeyEncipherment];
    assert_eq!(check(&root.issue(encrypts)), UkeyError::KeyUsage);
    let mut silent = officer(2029);
    silent.key_usages = Vec::new();
    assert_eq!(check(&root.issue(silent)), UkeyError::KeyUsage, "a key without a word on its use");
    let mut server = officer(2029);
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    assert!(matches!(check(&root.issue(server)), UkeyError::Untrusted(_)), "a web server's");
    let leaf_as_issuer = root.issue(officer(2029)).issue(officer(2029));
    assert!(matches!(check(&leaf_as_issuer), UkeyError::Untrusted(_)), "an officer is no authority");
    let good = root.issue(officer(2029));
    assert_eq!(trust.check(&good.der[..good.der.len() / 2], &[], NOW), Err(UkeyError::Malformed));
    let late = i64::from(2031 - 1970) * 366 * 86_400;
    assert!(trust.check(&good.der, &[], late).is_err(), "the anchor is over too");
}

#[test]
fn a_revoked_certificate_is_refused_and_an_old_list_is_not_believed() {
    let root = Made::authority("Root");
    let good = root.issue(officer(2029));
    let check = |list: Vec<u8>| trust(&[&root], &[list]).check(&good.der, &[], NOW);
    assert_eq!(check(root.revoke(&[7], 2029)), Err(UkeyError::Revoked));
    assert!(check(root.revoke(&[8], 2029)).is_ok());
    assert_eq!(check(root.revoke(&[8], 2027)), Err(UkeyError::ListStale));
}

#[test]
fn sm2_is_named_as_such() {
    let mut der = Made::authority("Root").der;
    der.extend(SM2[0]);
    assert_eq!(trust(&[&Made::authority("Root")], &[]).check(&der, &[], NOW), Err(UkeyError::Sm2));
    assert_eq!(Trust::read(&[der], &[]).err(), Some(UkeyError::Sm2));
}

#[test]
fn a_bare_signature_belongs_to_one_message_and_one_key() {
    let root = Made::authority("Root");
    let (own, other) = (root.issue(officer(2029)), root.issue(officer(2029)));
    let answer = read_answer(&STANDARD.encode(own.key.sign(b"a question").unwrap())).unwrap();
    assert_eq!(answer.verify(&own.der, b"a question"), Ok(()));
    assert_eq!(answer.verify(&own.der, b"another"), Err(UkeyError::WrongSignature));
    assert_eq!(answer.verify(&other.der, b"a question"), Err(UkeyError::WrongSignature));
    for torn in ["", "不是", "AAAA AAA", "MIIB"] {
        let read = read_answer(torn).and_then(|answer| answer.verify(&own.der, b"a question"));
        assert!(read.is_err(), "{torn}");
    }
}

#[test]
fn certificates_are_found_in_pem_in_base64_and_as_they_are() {
    let der = Made::authority("Root").der;
    let base64 = STANDARD.encode(&der);
    let pem = format!("words\n-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
    for text in [pem.repeat(2).into_bytes(), base64.into_bytes(), der.clone()] {
        let found = ders(&text, "CERTIFICATE");
        assert!(!found.is_empty() && found.iter().all(|found| *found == der));
    }
    assert!(ders(b"-----BEGIN CERTIFICATE-----\nAAAA", "CERTIFICATE").is_empty());
}
