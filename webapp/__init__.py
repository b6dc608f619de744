"""What people see, and what is kept. Importing this builds nothing, so that the worker may use webapp.models and webapp.store."""
