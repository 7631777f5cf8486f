"""How a request becomes a page: forms, pages and their parts, refusals in words, formats, the transaction of a request."""
