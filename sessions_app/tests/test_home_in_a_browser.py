"""The filter bar in a real browser, on a slow network."""


def test_a_second_search_replaces_the_one_under_way(transactional_db, live_server, make_session, browser_page):
    make_session()
    page = browser_page
    page.goto(live_server.url)
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    slow = {"offline": False, "latency": 1000, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow)
    search = page.get_by_role("searchbox")
    with page.expect_request("**/?q=nothing"):
        search.fill("nothing")
        search.press("Enter")
    search.fill("bystander")
    search.press("Enter")
    page.wait_for_url("**/?q=bystander")
    assert search.input_value() == "bystander"
    assert page.locator("#say").inner_text() == "1 session shown."
