//! Prints what one signed certificate costs: processor time, not waiting time, so that a busy machine does not matter.
//!
//! `cargo run --release -p jixue-standards --example certificate_speed [-- FOLDER]`; with a folder it also writes the
//! last yearly certificate and one of the public subject there, to be looked at.

#[path = "../tests/it/samples.rs"]
mod samples;

use std::fs;
use std::path::Path;

use jixue_standards::certificate_pdf::{CertificatePage, Fonts, render};
use jixue_standards::pades::{Signer, sign};

/// As in the program itself: a certificate is some thousands of small allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CERTIFICATES: u32 = 500;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let fonts = Fonts::embedded()?;
    let authority = samples::authority();
    let signer = samples::signer(&authority);
    let certificate = samples::yearly(14);

    let before = processor_micros()?;
    let mut bytes = 0;
    for _ in 0..CERTIFICATES {
        bytes = render(&certificate, &fonts)?.len();
    }
    let drawn = processor_micros()?;
    println!("unsigned: {} us of processor time, {bytes} bytes", (drawn - before) / u64::from(CERTIFICATES));

    let mut last = Vec::new();
    for _ in 0..CERTIFICATES {
        last = signed(&certificate, &fonts, &signer)?;
    }
    let spent = (processor_micros()? - drawn) / u64::from(CERTIFICATES);
    println!("signed:   {spent} us of processor time, {} bytes, mean of {CERTIFICATES}", last.len());

    if let Some(folder) = std::env::args().nth(1) {
        let folder = Path::new(&folder);
        fs::write(folder.join("yearly.pdf"), last)?;
        fs::write(folder.join("public.pdf"), signed(&samples::public_subject(), &fonts, &signer)?)?;
    }
    Ok(())
}

fn signed(
    certificate: &CertificatePage,
    fonts: &Fonts,
    signer: &dyn Signer,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let pdf = render(certificate, fonts)?;
    Ok(sign(&pdf, signer, certificate.created_at, &samples::signature_metadata())?)
}

/// Processor time of this process so far in microseconds, from Linux's scheduler.
fn processor_micros() -> Result<u64, Box<dyn std::error::Error>> {
    let line = fs::read_to_string("/proc/self/schedstat")?;
    let nanos: u64 = line.split_whitespace().next().ok_or("an empty schedstat")?.parse()?;
    Ok(nanos / 1_000)
}
