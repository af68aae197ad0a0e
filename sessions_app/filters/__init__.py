"""The filters of the home page: what they mean, how many sessions each leaves, their bar, and what search found."""
