"""Other programs judge every archive and bag: ocfl-py and bagit; `make preservation` runs them."""
