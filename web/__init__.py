"""The entrance for people: pages, sign-in and the `countersign` commands.

`app` puts the parts together · `desk` gives a view its session, clock and officer · `guards` who may open which page · `refusals` turns a refusal into a
page · one blueprint module per noun · `cli/` one module per noun · `static/` vendored styles and scripts with ours.

This floor may import `audiences` and `campaigns`, never `workers`.
"""
