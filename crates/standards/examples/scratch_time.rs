#![allow(dead_code)]
#[path = "../tests/it/samples.rs"]
mod samples;
use jixue_standards::certificate_pdf::*;
fn cpu() -> u64 {
    let l = std::fs::read_to_string("/proc/self/schedstat").unwrap();
    l.split_whitespace().next().unwrap().parse::<u64>().unwrap() / 1000
}
fn main() {
    let fonts = Fonts::embedded().unwrap();
    let time = |name: &str, c: &CertificatePage| {
        let mut best = u64::MAX;
        let mut all = vec![];
        let mut len = 0;
        for _ in 0..20 {
            let a = cpu();
            for _ in 0..20 {
                len = render(c, &fonts).unwrap().len();
            }
            let t = (cpu() - a) / 20;
            best = best.min(t);
            all.push(t);
        }
        all.sort();
        println!("{name}: best {best} median {} us, {len} bytes", all[10]);
    };
    time("14 rows", &samples::yearly(14));
    time("6 rows", &samples::yearly(6));
    time("0 rows", &samples::yearly(0));
    let mut c = samples::yearly(14);
    c.seal = None;
    time("14 no seal", &c);
    let mut c = samples::yearly(14);
    c.seal = None;
    c.attachment = None;
    time("14 no seal no attachment", &c);
    let mut c = samples::yearly(0);
    c.seal = None;
    c.texts.statement = "年度".into();
    time("0 no seal, short", &c);
}
