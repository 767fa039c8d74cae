//! Industry systems (行业系统): who, beside the county, looks after a unit.

/// An industry system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Industry {
    Education,
    Health,
    Agriculture,
    Construction,
    Manufacturing,
    Culture,
    Services,
    Government,
    Other,
}

impl Industry {
    pub const ALL: [Self; 9] = [
        Self::Education,
        Self::Health,
        Self::Agriculture,
        Self::Construction,
        Self::Manufacturing,
        Self::Culture,
        Self::Services,
        Self::Government,
        Self::Other,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Education => "education",
            Self::Health => "health",
            Self::Agriculture => "agriculture",
            Self::Construction => "construction",
            Self::Manufacturing => "manufacturing",
            Self::Culture => "culture",
            Self::Services => "services",
            Self::Government => "government",
            Self::Other => "other",
        }
    }

    /// The number of the system in a scope's bounds, from 1 on; it never changes.
    pub const fn number(self) -> i64 {
        match self {
            Self::Education => 1,
            Self::Health => 2,
            Self::Agriculture => 3,
            Self::Construction => 4,
            Self::Manufacturing => 5,
            Self::Culture => 6,
            Self::Services => 7,
            Self::Government => 8,
            Self::Other => 9,
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|industry| industry.code() == code)
    }

    /// Reads the word of a list of units: 教育, 卫生系统, 住建 …; nothing for a word that is not known.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.trim();
        let short = word.strip_suffix("系统").or_else(|| word.strip_suffix("行业")).unwrap_or(word);
        match short {
            "教育" | "教体" | "教育体育" => Some(Self::Education),
            "卫生" | "卫健" | "卫生健康" | "医疗卫生" => Some(Self::Health),
            "农业" | "农林" | "农业农村" | "林业" | "水利" | "农林水" => Some(Self::Agriculture),
            "住建" | "住建交通" | "建设" | "建筑" | "工程" | "工程建设" | "交通" | "交通运输" => {
                Some(Self::Construction)
            }
            "工业" | "制造" | "制造业" | "工信" | "工业和信息化" | "矿业" => Some(Self::Manufacturing),
            "文化" | "文旅" | "文化旅游" | "文化传媒" | "传媒" | "新闻" => Some(Self::Culture),
            "服务" | "服务业" | "商务" | "商贸" | "金融" => Some(Self::Services),
            "机关" | "党政机关" | "政府" => Some(Self::Government),
            "其他" | "其它" => Some(Self::Other),
            code => Self::from_code(&code.to_ascii_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_read_by_code_and_by_the_words_of_lists() {
        for industry in Industry::ALL {
            assert_eq!(Industry::from_word(industry.code()), Some(industry));
            assert_eq!(Industry::from_code(industry.code()), Some(industry));
        }
        assert_eq!(Industry::from_word(" 卫生系统 "), Some(Industry::Health));
        assert_eq!(Industry::from_word("教育行业"), Some(Industry::Education));
        assert_eq!(Industry::from_word("系统"), None);
        assert_eq!(Industry::from_word(""), None);
    }
}
