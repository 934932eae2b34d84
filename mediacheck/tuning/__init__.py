"""Made pairs with known truth, and what is tuned and measured on them."""
