-- Whoever comes back from another side is asked first whether the browser is known at all, by whatever name.
CREATE INDEX known_browser_digest ON known_browser (browser_digest);
