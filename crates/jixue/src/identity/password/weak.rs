//! Passwords that guessers try first: words, runs and repetitions that lists of broken-into sites are full of, and what
//! others know of the person.
//!
//! The list is ours, written from what is common; it holds words, not whole passwords: a password that is only such words,
//! digits in a row and repetitions has nothing left that must be guessed.

/// Words in small letters, with signs read as the letters they look like.
const WORDS: &str = include_str!("weak_words.txt");
/// Rows of keys, and the alphabet.
const RUNS: [&str; 8] = [
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "01234567890",
    "147258369",
    "qazwsxedcrfvtgbyhnujmikolp",
];
/// Different characters a password must have.
const DIFFERENT_MIN: usize = 5;
/// Characters that must be left when words, runs and repetitions are taken out.
const LEFT_MIN: usize = 5;
/// So many characters of a run in a row count as one.
const RUN_MIN: usize = 4;
/// So many digits in a row of somebody's number in a password: a birthday has six.
const DIGITS_SHARED_MAX: usize = 5;

/// What others know of a person.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Personal {
    pub name: String,
    /// Identity number, phone, login.
    pub numbers: Vec<String>,
}

/// Whether a guesser's list would hold it, or something so near that it does not matter.
pub(super) fn is_weak(password: &str) -> bool {
    let lower: Vec<char> = password.to_lowercase().chars().collect();
    let different: std::collections::BTreeSet<&char> = lower.iter().collect();
    different.len() < DIFFERENT_MIN || is_repeated(&lower) || left(&lower) < LEFT_MIN
}

/// The same few characters over and over.
fn is_repeated(text: &[char]) -> bool {
    (1..=text.len() / 2).any(|period| text.iter().skip(period).zip(text).all(|(later, earlier)| later == earlier))
}

/// How many characters must still be guessed.
fn left(text: &[char]) -> usize {
    let mut words: Vec<&str> = WORDS.lines().filter(|line| !line.is_empty()).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let without = |text: String| words.iter().fold(text, |rest, word| rest.replace(word, "\n"));
    // Words, years and runs as they stand, then words that are written with signs.
    let plain = without_runs(&without(text.iter().collect()));
    let rest = without(plain.chars().map(letter).collect());
    let rest: Vec<char> = without_runs(&rest).chars().filter(|mark| *mark != '\n').collect();
    rest.iter().enumerate().filter(|(at, mark)| *at == 0 || rest[at - 1] != **mark).count()
}

/// Signs as the letters they stand for.
fn letter(mark: char) -> char {
    match mark {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        mark => mark,
    }
}

fn without_runs(text: &str) -> String {
    let backwards = RUNS.map(|run| run.chars().rev().collect::<String>());
    let runs: Vec<&str> = RUNS.into_iter().chain(backwards.iter().map(String::as_str)).collect();
    let marks: Vec<char> = text.chars().collect();
    let (mut out, mut at) = (String::new(), 0);
    while at < marks.len() {
        let longest = (RUN_MIN..=marks.len() - at).rev().find(|length| {
            let piece: String = marks[at..at + length].iter().collect();
            runs.iter().any(|run| run.contains(&piece))
        });
        match longest {
            Some(length) => at += length,
            None => {
                out.push(marks[at]);
                at += 1;
            }
        }
    }
    out
}

/// Whether it says what others know of the person: the name, or six digits in a row of a number.
pub(super) fn is_personal(password: &str, personal: &Personal) -> bool {
    let lower = password.to_lowercase();
    let name = personal.name.trim().to_lowercase();
    if name.chars().count() >= 2 && lower.contains(&name) {
        return true;
    }
    personal.numbers.iter().any(|number| {
        let marks: Vec<char> = number.to_lowercase().chars().collect();
        marks.windows(DIGITS_SHARED_MAX + 1).any(|six| lower.contains(&six.iter().collect::<String>()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_guessers_try_first_is_refused() {
        let weak = [
            "password1234",
            "P@ssw0rd2026!",
            "woaini1314520",
            "qwertyuiop123",
            "1qaz2wsx3edc",
            "aaaaaaaaaaaa",
            "abcabcabcabc",
            "123456789012",
            "admin@123456",
            "iloveyou520520",
            "jixue2026jixue",
            "111111222222",
            "zxcvbnm,./123",
            "Abcd1234!!!!",
        ];
        for password in weak {
            assert!(is_weak(password), "{password}");
        }
        let strong = [
            "correct horse battery staple",
            "a long enough one",
            "梧桐树下三点钟的雨声真好听",
            "7tK-pd92-vw0Q-mn",
            "chenggong rides a slow mule",
        ];
        for password in strong {
            assert!(!is_weak(password), "{password}");
        }
    }

    /// An identity number lies in every personnel office; its digits are no secret.
    #[test]
    fn what_others_know_of_a_person_is_refused() {
        let numbers = vec!["431099198501010012".to_owned(), "13800000001".to_owned(), "hejing".to_owned()];
        let personal = Personal { name: "何静".to_owned(), numbers };
        for password in
            ["zq-19850101-kkm", "zqkkm800000xx", "何静的长长长长长密码", "431099-zq-kkm-x", "my HeJing pass-x"]
        {
            assert!(is_personal(password, &personal), "{password}");
        }
        for password in ["zq-1985-kkm-0101", "correct horse battery"] {
            assert!(!is_personal(password, &personal), "{password}");
        }
        assert!(!is_personal("anything at all", &Personal::default()));
    }
}
