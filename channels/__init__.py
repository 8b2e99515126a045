"""How a message leaves the house: e-mail, Telegram, a signed webhook. Knows addresses and texts, no business noun."""
