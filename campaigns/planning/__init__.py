"""What we mean to achieve, and when: `campaign_plans`; `rules` of the calendar, whose `recurrences` are unrolled into `windows` and `turns`."""
