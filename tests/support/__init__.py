"""What a test run needs: a database it may flush, a browser, real data, the list of requirement proofs."""
