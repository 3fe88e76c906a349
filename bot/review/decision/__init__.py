"""Who decides on a PEP, the evidence for a decision, and whether a PEP is ready for one.

Data only: the words for it are in `bot.review.render`.
"""
