"""The queue: open pull requests by whose turn it is, and what is left to do after a merge.

Data only: the words for people are in `bot.review.render`.
"""
