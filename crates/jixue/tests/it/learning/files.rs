//! Films, captions and pictures: by ranges, to the holder of a ticket.

use super::classroom::{CAPTIONS, Classroom, FILM, in_classrooms};
use super::player::Player;
use reqwest::Response;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE};

/// Addresses of files on a lesson's page.
async fn addresses(player: &Player<'_>, page: &str) -> Vec<String> {
    let page = player.client.get(player.room.url(page)).send().await.unwrap().text().await.unwrap();
    let quoted = page.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
    quoted.filter(|address| address.starts_with("/media/")).map(str::to_owned).collect()
}

async fn film_of(player: &Player<'_>) -> String {
    let all = addresses(player, &format!("/lessons/{}", player.room.films[0])).await;
    all.into_iter().find(|address| address.ends_with("/film.mp4")).expect("a film on the page")
}

async fn part(player: &Player<'_>, address: &str, range: &str) -> Response {
    player.client.get(player.room.url(address)).header(RANGE, range).send().await.unwrap()
}

fn header(response: &Response, name: reqwest::header::HeaderName) -> &str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A phone asks for the first two bytes, then the rest, then jumps: without this it cannot seek.
#[tokio::test]
async fn a_film_is_served_by_ranges() {
    in_classrooms(async |room| {
        let player = Player::new(room).await;
        let film = film_of(&player).await;
        let length = FILM.len();
        for (range, from, to) in [
            ("bytes=0-1", 0, 2),
            ("bytes=1000-1999", 1_000, 2_000),
            (&format!("bytes={}-", length - 10), length - 10, length),
            ("bytes=-500", length - 500, length),
            ("bytes=0-", 0, length),
            ("bytes=0-99999999", 0, length),
        ] {
            let answer = part(&player, &film, range).await;
            assert_eq!(answer.status(), 206, "{range}");
            assert_eq!(header(&answer, CONTENT_RANGE), format!("bytes {from}-{}/{length}", to - 1));
            assert_eq!(
                (header(&answer, CONTENT_TYPE), header(&answer, CONTENT_LENGTH)),
                ("video/mp4", &*(to - from).to_string())
            );
            assert_eq!(answer.bytes().await.unwrap(), &FILM[from..to], "{range}");
        }
        let beyond = part(&player, &film, &format!("bytes={length}-")).await;
        assert_eq!((beyond.status().as_u16(), header(&beyond, CONTENT_RANGE)), (416, &*format!("bytes */{length}")));
        let whole = part(&player, &film, "bytes=0-1,5-6").await;
        assert_eq!((whole.status().as_u16(), whole.bytes().await.unwrap().len()), (200, length));
    })
    .await;
}

/// HEAD says how long it is; what the browser has is not sent again; a part of another version is never mixed in.
#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    in_classrooms(async |room| {
        let player = Player::new(room).await;
        let film = room.url(&film_of(&player).await);
        let head = player.client.head(&film).send().await.unwrap();
        let etag = header(&head, ETAG).to_owned();
        assert_eq!((head.status().as_u16(), header(&head, CONTENT_LENGTH)), (200, &*FILM.len().to_string()));
        assert_eq!(header(&head, "accept-ranges".parse().unwrap()), "bytes");
        assert!(header(&head, "cache-control".parse().unwrap()).starts_with("private"));
        assert_eq!(head.bytes().await.unwrap().len(), 0);
        let plain = player.client.get(&film).header("accept-encoding", "gzip, br").send().await.unwrap();
        assert_eq!(header(&plain, CONTENT_LENGTH), &*FILM.len().to_string(), "a film is not compressed");
        let known = player.client.get(&film).header(IF_NONE_MATCH, &etag).send().await.unwrap();
        assert_eq!(known.status(), 304);
        for (version, status) in [(etag.as_str(), 206), ("\"another\"", 200)] {
            let request = player.client.get(&film).header(RANGE, "bytes=5-9").header(IF_RANGE, version);
            assert_eq!(request.send().await.unwrap().status(), status, "{version}");
        }
    })
    .await;
}

/// Captions and pictures come the same way; a picture cannot run anything.
#[tokio::test]
async fn captions_and_pictures_are_served() {
    in_classrooms(async |room| {
        let player = Player::new(room).await;
        let all = addresses(&player, &format!("/lessons/{}", room.films[0])).await;
        let captions = all.iter().find(|address| address.ends_with("zh-CN.vtt")).expect("captions on the page");
        let answer = player.client.get(room.url(captions)).send().await.unwrap();
        assert_eq!(header(&answer, CONTENT_TYPE), "text/vtt; charset=utf-8");
        assert_eq!(answer.bytes().await.unwrap(), CAPTIONS);
        let all = addresses(&player, &format!("/lessons/{}", room.article)).await;
        assert_eq!(all.len(), 1, "{all:?}");
        let answer = player.client.get(room.url(&all[0])).send().await.unwrap();
        assert_eq!(header(&answer, CONTENT_TYPE), "image/svg+xml");
        let policy = header(&answer, "content-security-policy".parse().unwrap()).to_owned();
        assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
    })
    .await;
}

/// An address passed on, kept overnight, or guessed: there is nothing there.
#[tokio::test]
async fn a_file_is_not_found_without_a_ticket_of_ones_own() {
    in_classrooms(async |room| {
        let (player, other) = (Player::new(room).await, Player::new(room).await);
        let film = film_of(&player).await;
        let status = async |who: &Player<'_>, address: &str| status_of(room, who, address).await;
        assert_eq!(status(&player, &film).await, 200);
        assert_eq!(status(&other, &film).await, 404, "another learner's");
        let second = player.at_device("another sign-in").await;
        assert_eq!(status(&second, &film).await, 404, "another session's");
        let nobody = room.visitor().get(room.url(&film)).send().await.unwrap();
        assert_eq!(nobody.status(), 303, "signing in first");
        let elsewhere = film.replace(&room.films[0].to_string(), &room.films[1].to_string());
        for wrong in [elsewhere, film.replace("film.mp4", "..%2f..%2froot.key"), film.replace("film.mp4", "en.vtt")] {
            assert_eq!(status(&player, &wrong).await, 404, "{wrong}");
        }
        assert_eq!(status(&player, &format!("/media/{}/0.x/film.mp4", room.films[0])).await, 404);
        room.app.clock.advance_ms(13 * 3_600_000);
        assert_eq!(status(&player, &film).await, 404, "yesterday's");
    })
    .await;
}

async fn status_of(room: &Classroom, who: &Player<'_>, address: &str) -> u16 {
    who.client.get(room.url(address)).send().await.unwrap().status().as_u16()
}
