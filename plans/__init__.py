"""The weekly lead plan: KPI a stage and segment, counted backwards from the goal by measured rates."""
