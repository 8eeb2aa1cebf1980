"""What promotions brought, honestly measured, and where the next million of their budget would earn most."""
