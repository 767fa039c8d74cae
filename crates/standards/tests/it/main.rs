//! Certificates as other programs see them: poppler, qpdf, zbar, NSS and OpenSSL are the judges.

mod certificate;
mod signature;
// The example draws the same samples.
mod samples;
mod tools;
