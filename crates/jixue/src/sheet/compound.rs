//! The compound file around an `.xls` workbook: sectors chained by a table, found by a directory.
//!
//! Source: [MS-CFB]. Every chain is followed for no more sectors than the file has, so that one which bites its own tail
//! ends.

use super::SheetRefusal;

/// A compound file: what Excel wrote before 2007, and what it wraps around an encrypted workbook.
pub(super) const SIGNATURE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Sector numbers from here on mean: no sector.
const RESERVED: u32 = 0xffff_fffa;
const DIRECTORY_ENTRY: usize = 128;
const MINI_SECTOR: usize = 64;
const STREAM: u8 = 2;
const ROOT: u8 = 5;

/// The bytes of the workbook inside a compound file.
///
/// # Errors
/// `Protected` for an encrypted one, `UnknownFormat` for a document of another program, `Damaged`.
pub(super) fn workbook(bytes: &[u8]) -> Result<Vec<u8>, SheetRefusal> {
    let file = File::open(bytes).ok_or(SheetRefusal::Damaged)?;
    let directory = file.chain(number(bytes, 48), usize::MAX).ok_or(SheetRefusal::Damaged)?;
    let entries = || directory.chunks_exact(DIRECTORY_ENTRY).map(Entry::of);
    let find = |name: &str| entries().find(|entry| entry.kind == STREAM && entry.name.eq_ignore_ascii_case(name));
    if find("EncryptedPackage").is_some() {
        return Err(SheetRefusal::Protected);
    }
    let stream = find("Workbook").or_else(|| find("Book")).ok_or(SheetRefusal::UnknownFormat)?;
    let cutoff = number(bytes, 56) as usize;
    if stream.length > bytes.len() {
        return Err(SheetRefusal::Damaged);
    }
    let read = if stream.length < cutoff {
        let root = entries().find(|entry| entry.kind == ROOT);
        root.and_then(|root| file.mini_chain(&root, stream.start, stream.length))
    } else {
        file.chain(stream.start, stream.length)
    };
    read.filter(|read| read.len() == stream.length).ok_or(SheetRefusal::Damaged)
}

/// A number of four bytes; a missing one ends a chain.
fn number(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map_or(u32::MAX, u32::from_le_bytes)
}

fn short(bytes: &[u8], at: usize) -> u16 {
    let two = bytes.get(at..at + 2).and_then(|two| two.try_into().ok());
    two.map_or(u16::MAX, u16::from_le_bytes)
}

struct Entry {
    name: String,
    kind: u8,
    start: u32,
    length: usize,
}

impl Entry {
    fn of(entry: &[u8]) -> Self {
        let units = (0..32).map(|index| short(entry, index * 2)).take_while(|unit| *unit != 0);
        let name = char::decode_utf16(units).map(|mark| mark.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        Self { name, kind: entry[66], start: number(entry, 116), length: number(entry, 120) as usize }
    }
}

struct File<'a> {
    bytes: &'a [u8],
    sector: usize,
    sectors: usize,
    /// For each sector the next of its chain.
    table: Vec<u32>,
}

impl<'a> File<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let sector = match (short(bytes, 30), short(bytes, 32)) {
            (9, 6) => 512,
            (12, 6) => 4_096,
            _ => return None,
        };
        // The last sector may be cut short.
        let sectors = bytes.len().div_ceil(sector).saturating_sub(1);
        let mut file = Self { bytes, sector, sectors, table: Vec::new() };
        let mut numbers: Vec<u32> = (0..109).map(|index| number(bytes, 76 + index * 4)).collect();
        let mut next = number(bytes, 68);
        for _ in 0..sectors {
            let Some(more) = file.sector(next).filter(|_| next < RESERVED) else { break };
            numbers.extend((0..sector / 4 - 1).map(|index| number(more, index * 4)));
            next = number(more, sector - 4);
        }
        for id in numbers.into_iter().filter(|id| *id < RESERVED).take(sectors) {
            let part = file.sector(id)?;
            let entries: Vec<u32> = (0..part.len() / 4).map(|index| number(part, index * 4)).collect();
            file.table.extend(entries);
        }
        Some(file)
    }

    fn sector(&self, id: u32) -> Option<&'a [u8]> {
        let start = (id as usize).checked_add(1)?.checked_mul(self.sector)?;
        let end = (start + self.sector).min(self.bytes.len());
        self.bytes.get(start..end)
    }

    /// The bytes of a chain, `length` at most; nothing when it leads out of the file or never ends.
    fn chain(&self, mut id: u32, length: usize) -> Option<Vec<u8>> {
        let mut read = Vec::new();
        for _ in 0..=self.sectors {
            if id >= RESERVED || read.len() >= length {
                read.truncate(length);
                return Some(read);
            }
            read.extend_from_slice(self.sector(id)?);
            id = *self.table.get(id as usize)?;
        }
        None
    }

    /// A short stream: sectors of 64 bytes within the root's own chain.
    fn mini_chain(&self, root: &Entry, mut id: u32, length: usize) -> Option<Vec<u8>> {
        let minis = self.chain(root.start, usize::MAX)?;
        let table = self.chain(number(self.bytes, 60), usize::MAX)?;
        let mut read = Vec::new();
        for _ in 0..=minis.len() / MINI_SECTOR {
            if id >= RESERVED || read.len() >= length {
                read.truncate(length);
                return Some(read);
            }
            let start = id as usize * MINI_SECTOR;
            read.extend_from_slice(minis.get(start..(start + MINI_SECTOR).min(minis.len()))?);
            id = number(&table, id as usize * 4);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written by another program: three people below a header.
    const ROSTER: &[u8] = include_bytes!("../../tests/it/org/samples/roster.xls");

    #[test]
    fn the_workbook_is_found() {
        let workbook = workbook(ROSTER).unwrap();
        assert_eq!(workbook[..4], [0x09, 0x08, 0x10, 0x00], "a workbook begins with a BOF record of 16 bytes");
    }

    /// A chain that bites its own tail was followed until the memory ended.
    #[test]
    fn a_chain_without_an_end_is_damage() {
        let table = 512 * (1 + number(ROSTER, 76) as usize);
        let bent = |start: u32| {
            let mut bytes = ROSTER.to_vec();
            let at = table + 4 * start as usize;
            bytes[at..at + 4].copy_from_slice(&start.to_le_bytes());
            workbook(&bytes)
        };
        assert_eq!(bent(number(ROSTER, 48)), Err(SheetRefusal::Damaged), "the directory");
        let length = workbook(ROSTER).map(|read| read.len());
        assert_eq!(bent(0).map(|read| read.len()), length, "the workbook is as long as it says, whatever it repeats");
        let mut lost = ROSTER.to_vec();
        lost[68..72].copy_from_slice(&3_u32.to_le_bytes());
        drop(workbook(&lost)); // A table that goes on where there is none: it ends.
    }

    #[test]
    fn what_is_cut_is_damage_and_what_is_another_document_is_said_to_be() {
        for length in [8, 100, 512, 600, ROSTER.len() / 2] {
            assert!(workbook(&ROSTER[..length]).is_err(), "{length} bytes");
        }
        let name = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let renamed = |to: &str| {
            let mut bytes = ROSTER.to_vec();
            let from = name("Workbook");
            let at = bytes.windows(from.len()).position(|window| window == from).unwrap();
            bytes[at..at + from.len()].fill(0);
            bytes[at..at + to.len() * 2].copy_from_slice(&name(to));
            workbook(&bytes).map(|read| read.len())
        };
        assert_eq!(renamed("WordDocu"), Err(SheetRefusal::UnknownFormat));
        assert_eq!(renamed("EncryptedPackage"), Err(SheetRefusal::Protected));
        assert!(renamed("Book").is_ok());
    }
}
