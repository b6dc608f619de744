"""Two people talk about a curve, each in a browser of their own: what one does the other sees at once, and loses no word over it."""

import re

import redis
from playwright.sync_api import Browser, expect
from sqlalchemy import delete, select

from tests.e2e import pictures
from tests.e2e.talking import LOSS, Talk, comment, database, mark, pin, say, set_role
from tests.load.page import log_in
from tests.load.scene import Scene
from webapp.models import Comment, Experiment, Login, Role, Trial, User
from webapp.store.access import tell_watchers

BODY = "Is that a bump, @gr"


def test_two_people_talk_live(talk: Talk) -> None:
    ada, grace = talk.ada, talk.grace
    grace.fill("#new-comment-body", "I am still writing")
    ada.click("#new-comment-body")
    ada.keyboard.type(BODY)
    expect(ada.get_by_role("option", name="@grace")).to_be_visible()
    ada.keyboard.press("Enter")
    expect(ada.locator("#new-comment-body")).to_have_value("Is that a bump, @grace ")
    ada.keyboard.type("where $\\frac{1}{2}$ is?\n\n```python\nlr = 0.1  # high\n```\n\n|a|b|\n|-|-|\n|1|2|")
    ada.get_by_role("button", name="Comment", exact=True).click()

    seen = comment(grace, "Is that a bump")
    expect(seen.locator(".mention")).to_have_text("@grace")
    expect(seen.locator("math mfrac")).to_be_visible()
    expect(seen.locator(".hl-c1")).to_have_text("# high")
    expect(grace.locator("#new-comment-body")).to_have_value("I am still writing")
    expect(grace.locator("[data-comment-count]")).to_have_text("1")

    seen.get_by_role("button", name="Add a reaction").click()
    seen.get_by_role("button", name="Looking into it").click()
    expect(comment(ada, "Is that a bump").get_by_role("button", name="Looking into it: grace")).to_be_visible()

    seen.get_by_role("button", name="Reply").click()
    expect(grace.locator("[data-reply-form] textarea")).to_be_focused()
    grace.keyboard.type("It is the schedule.")
    grace.locator("[data-reply-form]").get_by_role("button", name="Reply").click()
    answer = comment(ada, "It is the schedule.")
    expect(answer).to_be_visible()
    assert answer.evaluate("one => one.parentElement.matches('.replies')")

    answer.get_by_role("button", name="Hide").click()
    answer.get_by_label("Why?").fill("Guessed")
    expect(answer.get_by_role("button", name="Hide this comment")).not_to_have_css("padding-left", "0px")
    answer.get_by_role("button", name="Hide this comment").click()
    expect(comment(grace, "It is the schedule.")).to_contain_text("The moderator’s reason: Guessed")
    comment(ada, "It is the schedule.").get_by_role("button", name="Restore").click()
    expect(comment(grace, "It is the schedule.")).not_to_contain_text("hidden by a moderator")

    mine = comment(grace, "It is the schedule.")
    mine.get_by_role("button", name="Edit").click()
    grace.locator("[data-editing] textarea").fill("It is the batch.")
    grace.get_by_role("button", name="Save").click()
    expect(comment(ada, "It is the batch.")).to_be_visible()
    comment(ada, "It is the batch.").get_by_role("button", name="edited").click()
    expect(ada.locator(".history del")).to_have_text("schedule.")
    pictures.look(ada, "conversation")

    comment(grace, "It is the batch.").get_by_role("button", name="Delete").click()
    expect(comment(ada, "It is the batch.")).to_have_count(0)
    grace.locator(".toast-box").get_by_role("button", name="Undo").click()
    expect(comment(ada, "It is the batch.")).to_be_visible()
    expect(comment(grace, "It is the batch.")).to_be_visible()
    assert grace.locator("#new-comment-body").input_value() == "I am still writing"


def test_a_point_of_a_curve_and_what_is_said_of_it_lead_to_one_another(talk: Talk) -> None:
    ada, grace = talk.ada, talk.grace
    for page in (ada, grace):
        page.click("[data-tab=curves]")
        page.wait_for_selector(f"{LOSS} .js-plotly-plot", state="attached")
    grace.locator(f"{LOSS} [data-chart-menu]").click()
    grace.get_by_role("button", name="Comment on a point").click()
    plot = grace.locator(f"{LOSS} [data-plot]").bounding_box()
    assert plot
    grace.mouse.click(plot["x"] + plot["width"] / 2, plot["y"] + plot["height"] / 2)
    expect(grace.locator("#pin-key")).to_have_value("train/loss")
    step = int(grace.locator("#pin-step").input_value())
    assert 60 < step < 140
    say(grace, "Here it turns")

    mark = ada.locator(f"{LOSS} .pin-mark")
    expect(mark).to_have_attribute("aria-label", f"Comment by grace at step {step}: Here it turns")
    pictures.look(ada, "pin-on-a-chart")
    mark.click()
    expect(comment(ada, "Here it turns")).to_be_focused()
    assert re.search(r"#comment-\d+$", ada.url)
    comment(ada, "Here it turns").locator(".pin-chip").click()
    expect(ada.locator(f"{LOSS} .pin-mark")).to_be_focused()
    expect(ada.locator("#pane-curves")).to_be_visible()

    ada.locator(f"{LOSS} [data-plot]").focus()  # by the keys alone
    ada.keyboard.press("ArrowLeft")
    ada.wait_for_timeout(100)
    ada.keyboard.press("c")
    expect(ada.locator("#pin-key")).to_have_value("train/loss")
    expect(ada.locator("#new-comment-body")).to_be_focused()
    ada.keyboard.type("And here it ends")
    ada.keyboard.press("Tab")
    ada.get_by_role("button", name="Comment", exact=True).press("Enter")
    expect(comment(grace, "And here it ends").locator(".pin-chip")).to_contain_text("train/loss, step")

    ada.goto(f"/compare?ids={talk.experiment},{talk.other}")
    expect(ada.locator(".chart-grid .pin-mark").first).to_be_visible()
    pictures.look(ada, "pin-in-the-comparison")
    ada.locator(".pin-mark[aria-label*='Here it turns']").first.click()
    expect(comment(ada, "Here it turns")).to_be_focused()

    comment(grace, "Here it turns").get_by_role("button", name="Delete").click()
    ada.click("[data-tab=curves]")
    expect(ada.locator(f"{LOSS} .pin-mark")).to_have_count(1)


def test_a_comment_that_is_not_taken_says_why_and_keeps_its_words(talk: Talk, made: Scene) -> None:
    grace, told = talk.grace, talk.grace.get_by_role("alert")
    grace.context.set_offline(True)
    say(grace, "Words of mine")
    expect(told).to_contain_text("Descent could not be reached")
    grace.context.set_offline(False)
    set_role(made, "grace", Role.VIEWER)
    say(grace, "Words of mine")
    expect(told).to_contain_text("Your account is for looking at things")
    set_role(made, "grace", Role.MEMBER)
    expect(grace.locator("#new-comment-body")).to_have_value("Words of mine")
    told.get_by_role("button", name="Close").click()
    expect(told).to_have_count(0)


def test_who_may_only_look_is_not_asked_to_comment_on_points(talk: Talk, made: Scene) -> None:
    set_role(made, "grace", Role.VIEWER)
    talk.grace.goto(f"/experiments/{talk.other}")
    set_role(made, "grace", Role.MEMBER)
    talk.grace.locator(f"{LOSS} [data-chart-menu]").click()
    expect(talk.grace.get_by_role("button", name="Copy link").last).to_be_visible()
    expect(talk.grace.get_by_role("button", name="Comment on a point")).to_be_hidden()
    expect(talk.grace.locator(f"{LOSS} [data-plot]")).not_to_have_attribute("aria-label", re.compile("C comments"))


def test_who_is_logged_out_elsewhere_keeps_what_they_write(talk: Talk, made: Scene) -> None:
    grace, told = talk.grace, talk.grace.get_by_role("alert")
    grace.fill("#new-comment-body", "Words of mine")
    with database(made) as session:
        person = session.scalars(select(User).where(User.username == "grace")).one()
        session.execute(delete(Login).where(Login.user_id == person.id))
    with redis.Redis.from_url(str(made.settings.redis_url)) as client:
        tell_watchers(client)
    expect(told).to_contain_text("You have been logged out")
    expect(told.get_by_role("link", name="Log in")).to_have_attribute(
        "href", f"/login?next=%2Fexperiments%2F{talk.experiment}"
    )
    told.get_by_role("button", name="Close").click()
    grace.get_by_role("button", name="Comment", exact=True).click()
    expect(told).to_contain_text("You have been logged out")
    expect(grace.locator("#new-comment-body")).to_have_value("Words of mine")


def test_a_mistake_in_an_edit_leaves_the_form_open(talk: Talk) -> None:
    ada = talk.ada
    ada.get_by_role("button", name="More", exact=True).click()
    ada.get_by_role("button", name="Edit title, description and tags").click()
    ada.fill("#edit-description", "Words that took an hour")
    ada.fill("#edit-tags", "!bad")
    ada.get_by_role("button", name="Save").click()
    expect(ada.locator("#edit-tags-error")).to_contain_text("“!bad” is not")
    expect(ada.locator("#edit-tags")).to_be_focused()
    expect(ada.locator("#edit-description")).to_have_value("Words that took an hour")
    assert ada.url.endswith(f"/experiments/{talk.experiment}")


def test_a_point_is_chosen_by_touch(made: Scene, browser: Browser) -> None:
    with browser.new_context(base_url=made.url, has_touch=True, viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        log_in(page, "ada")
        with database(made) as session:
            experiment = session.get_one(Trial, made.trials[0]).experiment_id
        page.goto(f"/experiments/{experiment}")
        page.wait_for_selector(f"{LOSS} .js-plotly-plot", state="attached")
        page.locator(f"{LOSS} [data-chart-menu]").tap()
        page.get_by_role("button", name="Comment on a point").tap()
        page.locator(f"{LOSS} [data-plot]").tap()
        expect(page.locator("#pin-key")).to_have_value("train/loss")


def test_a_long_name_makes_no_page_wider(made: Scene, browser: Browser) -> None:
    pin(made, "By a long name", 10)
    with database(made) as session:
        ada = session.scalars(select(User).where(User.username == "ada")).one()
        experiment, ada.name = session.get_one(Trial, made.trials[1]).experiment_id, "A" * 80
    with browser.new_context(base_url=made.url, viewport={"width": 390, "height": 800}) as context:
        page = context.new_page()
        log_in(page, "grace")
        page.goto(f"/experiments/{experiment}#comments")
        expect(comment(page, "By a long name")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
    with database(made) as session:
        session.scalars(select(User).where(User.username == "ada")).one().name = ""


def test_a_marker_leads_a_visitor_to_its_comment(made: Scene, browser: Browser) -> None:
    number = pin(made, "For visitors", 50)
    with database(made) as session:
        session.get_one(Trial, made.trials[1]).experiment.link_key = "a-key-of-a-public-link"
    with browser.new_context(base_url=made.url) as context:
        page = context.new_page()
        page.goto("/public/a-key-of-a-public-link")
        mark(page, number).click()
        expect(comment(page, "For visitors")).to_be_focused()
        assert page.url.endswith(f"/public/a-key-of-a-public-link#comment-{number}")


def test_the_address_of_a_comment_leads_to_it_however_many_came_later(talk: Talk, made: Scene) -> None:
    with database(made) as session:
        owner = session.get_one(Experiment, talk.experiment).owner_id
        said = {"owner_id": owner, "title": "Talked about for long", "spec": {}}
        experiment = Experiment(**said, trials=[Trial(number=1, seed=0)])
        session.add(experiment)
        session.flush()
        for number in range(510):
            session.add(
                Comment(experiment_id=experiment.id, author_id=owner, body="x", body_html=f"<p>Word {number}.</p>")
            )
            session.flush()
        talked, first = (
            experiment.id,
            session.scalars(select(Comment.id).where(Comment.experiment_id == experiment.id)).first(),
        )
    talk.ada.goto(f"/experiments/{talked}#comments")
    expect(talk.ada.locator("article.comment")).to_have_count(500)
    talk.ada.get_by_role("button", name="Show earlier comments").click()
    expect(talk.ada.locator("article.comment")).to_have_count(510)
    talk.grace.goto(f"/experiments/{talked}#comment-{first}")
    expect(comment(talk.grace, "Word 0.")).to_be_focused()
    expect(talk.grace.locator("article.comment").first).to_contain_text("Word 0.")


def test_comments_at_one_point_can_each_be_reached(talk: Talk, made: Scene) -> None:
    numbers = [pin(made, f"Of one point {number}", 120) for number in range(3)]
    talk.ada.goto(f"/experiments/{talk.other}")
    for number in numbers:
        mark(talk.ada, number).click()
        expect(talk.ada.locator(f"#comment-{number}")).to_be_focused()
        talk.ada.click("[data-tab=curves]")


def test_a_comment_leads_to_its_point_though_the_curve_was_hidden_and_the_chart_not_found(
    talk: Talk, made: Scene
) -> None:
    ada, number = talk.ada, pin(made, "Of a hidden curve", 90)
    ada.goto(f"/experiments/{talk.other}")
    expect(mark(ada, number)).to_be_visible()
    ada.locator(f"{LOSS} .legend-item", has_text="train/loss").click()
    expect(mark(ada, number)).to_have_count(0)
    ada.get_by_label("Find charts").fill("throughput")
    expect(ada.locator(LOSS)).to_be_hidden()
    ada.click("[data-tab=comments]")
    comment(ada, "Of a hidden curve").locator(".pin-chip").click()
    expect(mark(ada, number)).to_be_focused()
    expect(ada.get_by_label("Find charts")).to_have_value("")


def test_a_comment_that_is_brought_back_stands_where_it_stood(talk: Talk) -> None:
    ada, grace = talk.ada, talk.grace
    for words in ("Regretted first", "Said after it"):
        say(grace, words)
        expect(comment(ada, words)).to_be_visible()
    comment(grace, "Regretted first").get_by_role("button", name="Delete").click()
    expect(comment(ada, "Regretted first")).to_have_count(0)
    grace.locator(".toast-box").get_by_role("button", name="Undo").click()
    expect(comment(ada, "Regretted first")).to_be_visible()
    both = ada.locator("article.comment", has_text=re.compile("Regretted first|Said after it"))
    expect(both.first).to_contain_text("Regretted first")


def test_the_address_of_a_pin_leads_to_its_marker_also_on_the_open_page(talk: Talk, made: Scene) -> None:
    number = pin(made, "Look at this point", 60)
    page = talk.ada
    page.goto(f"/experiments/{talk.other}")
    page.locator("#tab-comments").click()
    page.evaluate("number => { location.hash = `#pin-${number}`; }", number)
    expect(page.locator("#tab-curves")).to_have_attribute("aria-selected", "true")
    expect(mark(page, number)).to_have_class(re.compile("pin-mark-shown"))
    expect(page).to_have_url(re.compile("#curves$"))
