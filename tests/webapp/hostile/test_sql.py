"""SQL in the search language and in every other text: taken for words, on either database."""

from tests.webapp.hostile.conftest import Instance
from tests.webapp.hostile.odd import SQL


def test_sql_is_searched_for_as_words(instance: Instance) -> None:
    before = instance.rows()
    for text in SQL:
        for query in ({"search": text}, {"search": f'title ~ "{text}"'}, {"sort": text}, {"cursor": text}):
            answer = instance.person.api("GET", "/experiments", query_string=query)
            assert answer.status_code in (200, 404, 422), (query, answer.text)
            if answer.status_code == 200 and "search" in query and any(map(str.isalnum, text)):
                assert answer.json["experiments"] == [], query
        for path in (
            "/experiments?search=",
            "/experiments?columns=",
            "/experiments/completions?text=",
            "/search?q=",
            "/search/offers?q=",
            "/api/v1/tags?q=",
            "/api/v1/search?q=",
        ):
            instance.check(instance.person.browser.get(path + text.replace("&", "%26")), path, text)
    for text in SQL[:3]:
        login = instance.app.test_client().post("/login", data={"login": text, "password": text})
        assert login.status_code == 422
    told = {"audit_entries": before["audit_entries"] + 3}  # of the logins
    assert instance.rows() == before | told
