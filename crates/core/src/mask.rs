//! What strangers may see of a name or number. Lengths stay, so that a reader can compare with the paper in hand.

/// Family names of two characters that still occur. A list, since `欧阳娜` and `欧小娜` look alike to a program.
const COMPOUND_SURNAMES: [&str; 36] = [
    "欧阳", "上官", "司马", "诸葛", "夏侯", "司徒", "皇甫", "东方", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文",
    "轩辕", "端木", "独孤", "南宫", "西门", "百里", "呼延", "拓跋", "闻人", "澹台", "申屠", "太史", "公冶", "濮阳",
    "淳于", "单于", "仲孙", "钟离", "鲜于", "司空", "万俟", "赫连",
];

/// Everything before is an alphabet; the ideographs and their radicals begin here.
const FIRST_HAN: char = '\u{2e80}';

/// A name as public pages show it.
///
/// - Han: the family name stays; of the given name, the last character if it has two or more: `张*`, `张*三`, `欧阳*`,
///   `欧阳*娜`.
/// - Names of the peoples who write a middle dot: only the first character stays: `阿***·***`.
/// - Latin: the initial of each word stays: `J*** S****`.
///
/// Source: the form of public notices (公示) of the personnel bureaus; a rule of this project where they differ.
pub fn name(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    if characters.len() < 2 {
        return "*".repeat(characters.len());
    }
    if name.contains('·') {
        return keep(&characters, |index, character| index == 0 || character == '·');
    }
    if characters.iter().all(|character| *character < FIRST_HAN) {
        let starts_word = |index: usize| index == 0 || characters[index - 1] == ' ';
        return keep(&characters, |index, character| character == ' ' || starts_word(index));
    }
    let compound = characters.len() > 2 && COMPOUND_SURNAMES.iter().any(|surname| name.starts_with(surname));
    let given = if compound { 2 } else { 1 };
    let last = characters.len() - 1;
    keep(&characters, |index, _| index < given || (index == last && last > given))
}

/// `138****0001`. Anything that is not eleven digits is hidden whole.
pub fn phone(number: &str) -> String {
    match number.len() == 11 && number.bytes().all(|byte| byte.is_ascii_digit()) {
        true => format!("{}****{}", &number[..3], &number[7..]),
        false => "*".repeat(number.chars().count()),
    }
}

/// `431***********0012`. Anything that is not eighteen ASCII characters is hidden whole.
pub fn identity_number(number: &str) -> String {
    match number.len() == 18 && number.is_ascii() {
        true => format!("{}***********{}", &number[..3], &number[14..]),
        false => "*".repeat(number.chars().count()),
    }
}

/// `E1*****78`: a passport or another document of other lengths keeps two characters at each end. What is not ASCII, or so
/// short that little would be hidden, is hidden whole.
pub fn document(number: &str) -> String {
    match number.len() >= 6 && number.is_ascii() {
        true => format!("{}{}{}", &number[..2], "*".repeat(number.len() - 4), &number[number.len() - 2..]),
        false => "*".repeat(number.chars().count()),
    }
}

fn keep(characters: &[char], stays: impl Fn(usize, char) -> bool) -> String {
    let shown = |(index, character): (usize, &char)| if stays(index, *character) { *character } else { '*' };
    characters.iter().enumerate().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_of_every_writing_are_masked_by_its_rule() {
        for (full, masked) in [
            ("", ""),
            ("张", "*"),
            ("张三", "张*"),
            ("张小三", "张*三"),
            ("张小小三", "张**三"),
            ("欧阳", "欧*"),
            ("欧阳娜", "欧阳*"),
            ("欧阳娜娜", "欧阳*娜"),
            ("𠮷野家", "𠮷*家"),
            ("阿卜杜拉·买买提", "阿***·***"),
            ("次仁·卓玛·央金", "次*·**·**"),
            ("John Smith", "J*** S****"),
            ("Élodie Martin", "É***** M*****"),
            ("Pelé", "P***"),
        ] {
            assert_eq!(name(full), masked, "{full}");
        }
    }

    #[test]
    fn numbers_keep_both_ends() {
        assert_eq!(phone("13800000001"), "138****0001");
        assert_eq!(phone("1380000"), "*******");
        assert_eq!(identity_number("431099198501010012"), "431***********0012");
        assert_eq!(identity_number("身份"), "**");
        assert_eq!(
            (document("E12345678"), document("E1234"), document("护照")),
            ("E1*****78".into(), "*****".into(), "**".into())
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// A mask that shows a whole name, or changes its length, fails at its only task.
        #[test]
        fn something_is_always_hidden_and_nothing_invented(full in "[张李欧阳娜三司马]{1,6}(·[买提]{1,3})?|[A-Z][a-z]{1,8} [A-Z][a-z]{1,8}") {
            let masked = name(&full);
            prop_assert!(masked.contains('*'));
            prop_assert_eq!(masked.chars().count(), full.chars().count());
            prop_assert!(masked.chars().zip(full.chars()).all(|(shown, is)| shown == is || shown == '*'));
        }
    }
}
