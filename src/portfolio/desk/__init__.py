"""Pages that show several rooms: what waits for me, the case sheet, the portfolio, and the menu that leads to them."""
