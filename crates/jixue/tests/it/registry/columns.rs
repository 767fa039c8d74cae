//! Lists whose header says too little: the sheet waits, somebody says which column is which, and it comes in.

use super::list_imports::{EMPLOYMENTS, UNIT_HEAD, UNITS, WORK_HEAD, apply, counts, send, sent, unit, work};
use super::post;
use crate::credit::office::{HEAD, TITLE, XLSX, in_offices, list, list_below};
use crate::org::identity_number;

const WAITING: &str = "SELECT COUNT(*) FROM waiting_sheet";
const STRANGE: [&str; 7] = ["甲", "乙", "丙", "丁", "戊", "己", "庚"];
const LISTS: &str = "SELECT COUNT(*) FROM confirmed_import";

/// Another system calls its columns as it likes; what stands below them is as good.
#[tokio::test]
async fn a_list_of_units_with_strange_words_is_asked_for_its_columns() {
    in_offices(async |office| {
        let county = office.officer("431002").await;
        let bytes = list_below(&STRANGE, &[unit("1", "白露医院", "北湖区"), unit("2", "青禾医院", "北湖区")]);
        let page = sent(&county, UNITS, &bytes).await;
        assert!(page.starts_with("/bureau/sheets/") && page.ends_with("/columns"), "{page}");
        assert_eq!(sent(&county, UNITS, &bytes).await, page, "the same file again is the same sheet");
        let (_, form) = county.get(&page).await;
        assert!(form.contains("单位名称") && form.contains("白露医院") && form.contains("必填"), "{form}");
        let other = office.officer("431002").await;
        assert_eq!(other.get(&page).await.0, 404, "only whoever sent it sees it");
        assert_eq!(post(&other, &page, &[("name", "1")]).await.0, 404);

        let told =
            [("first_row", "2"), ("name", "1"), ("code", "2"), ("reason", "3"), ("county", "4"), ("industry", "5")];
        assert_eq!(post(&county, &page, &told[..3]).await, (422, "columns.missing".to_owned()));
        assert_eq!(
            post(&county, &page, &[("name", "1"), ("code", "1")]).await,
            (422, "roster.column_twice".to_owned())
        );
        assert_eq!(post(&county, &page, &[("first_row", "9")]).await, (422, "roster.nobody_in_it".to_owned()));
        assert_eq!(office.count(WAITING).await, 1);
        let (status, to) = post(&county, &page, &told).await;
        assert_eq!(status, 303, "{to}");
        assert_eq!(counts(office, &to).await, [2, 0, 0, 0]);
        assert_eq!(office.count(WAITING).await, 0, "its rows are kept elsewhere now");
        assert_eq!(apply(&county, &to).await.0, 303);
        assert_eq!(counts(office, &to).await, [0, 0, 0, 2]);
    })
    .await;
}

#[tokio::test]
async fn a_list_of_employments_and_one_of_hours_are_asked_for_theirs() {
    in_offices(async |office| {
        let city = office.officer("431000").await;
        let today = office.today();
        let page = sent(&city, EMPLOYMENTS, &list_below(&STRANGE, &[work(1, "青山中学", &today, "")])).await;
        let (_, form) = city.get(&page).await;
        assert!(!form.contains(&identity_number(1)), "numbers are hidden");
        let told = [("first_row", "2"), ("name", "0"), ("identity", "1"), ("unit", "2"), ("from", "4")];
        let (_, to) = post(&city, &page, &told).await;
        assert_eq!(counts(office, &to).await, [1, 0, 0, 0]);

        // A list of hours of which one word is unknown: the rest is known already.
        let mut head = HEAD;
        head[4] = "做了什么";
        let bytes = list_below(&head, &[office.line(1, "60")]);
        let (status, page) = city.send_as("a.xlsx", XLSX, &bytes).await;
        assert!(status == 303 && page.starts_with("/bureau/sheets/"), "{status} {page}");
        let (_, form) = city.get(&page).await;
        assert!(form.contains("做了什么") && form.contains(TITLE), "{form}");
        let mut told = vec![("first_row", "2"), ("name", "0"), ("identity", "1"), ("subject", "2"), ("hours", "3")];
        told.extend([("provider", "5"), ("date", "6")]);
        assert_eq!(post(&city, &page, &told).await, (422, "columns.missing".to_owned()));
        assert_eq!(office.count(LISTS).await, 0);
        told.push(("title", "4"));
        let (status, to) = post(&city, &page, &told).await;
        assert_eq!(status, 303, "{to}");
        let (_, shown) = city.get(&to).await;
        assert!(to.starts_with("/bureau/confirmed-hours/") && shown.contains(TITLE), "{shown}");
        assert_eq!(city.confirm(&to).await.0, 303);
        office.test.settle().await;
        let hours = office.seconds(1).await;
        assert!(hours.2 == 1 && hours.0 == hours.1 && hours.1 > 0, "{hours:?}");
        // Sent and explained again the same way, it is the same list; with a usual header it repeats known hours.
        let (_, page) = city.send_as("a.xlsx", XLSX, &bytes).await;
        assert_eq!(post(&city, &page, &told).await.1, to);
        city.send(&list(&[office.line(1, "60")])).await;
        office.test.settle().await;
        assert_eq!(office.seconds(1).await, hours);
    })
    .await;
}

/// Numbers of people must not lie about for ever because nobody came back.
#[tokio::test]
async fn a_sheet_that_nobody_comes_back_for_is_thrown_away() {
    in_offices(async |office| {
        let county = office.officer("431002").await;
        let page = sent(&county, EMPLOYMENTS, &list_below(&STRANGE, &[work(1, "云溪医院", "", "")])).await;
        jixue::org::forget(office).await.unwrap();
        assert_eq!(county.get(&page).await.0, 200, "a sheet of today is kept");
        office.test.clock.advance_ms(8 * 24 * 3_600_000);
        jixue::org::forget(office).await.unwrap();
        assert_eq!(office.count(WAITING).await, 0);
    })
    .await;
}

/// What cannot be such a list whatever its columns are called is refused, and nothing is kept.
#[tokio::test]
async fn a_table_that_is_too_narrow_or_empty_is_refused() {
    in_offices(async |office| {
        let county = office.officer("431002").await;
        let empty = list_below(&STRANGE, &[]);
        assert_eq!(send(&county, UNITS, &empty).await, (422, "list.column_missing".to_owned()));
        assert_eq!(send(&county, EMPLOYMENTS, b"a,b\n1,2\n").await, (422, "list.column_missing".to_owned()));
        let known = list_below(&UNIT_HEAD, &[]);
        assert_eq!(send(&county, UNITS, &known).await.0, 303, "a list with nobody in it has nothing to bring in");
        assert_eq!(send(&county, EMPLOYMENTS, &list_below(&WORK_HEAD, &[])).await.0, 303);
        let narrow = b"a,b,c\n1,2,3\n".as_slice();
        assert_eq!(county.send_as("a.csv", "text/csv", narrow).await, (422, "confirmed.header_missing".to_owned()));
        assert_eq!(office.count(WAITING).await, 0);
    })
    .await;
}
