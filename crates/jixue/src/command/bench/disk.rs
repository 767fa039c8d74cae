//! How fast this disk syncs, so that a figure of commits can be compared between machines and minutes.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Overwrites and syncs 8 KiB for one second in `folder`.
pub fn syncs_per_second(folder: &Path) -> anyhow::Result<f64> {
    let path = folder.join("sync-probe");
    let mut file = std::fs::File::create(&path)?;
    let block = [7_u8; 8 << 10];
    file.write_all(&block)?;
    file.sync_all()?;
    let (start, mut syncs) = (Instant::now(), 0_u32);
    while start.elapsed() < Duration::from_secs(1) {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&block)?;
        file.sync_data()?;
        syncs += 1;
    }
    let rate = f64::from(syncs) / start.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok(rate)
}
