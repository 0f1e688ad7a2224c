"""The style sheet: what Fusion and the palette leave open, on a grid of 8 pixels."""

from __future__ import annotations

from aestudio.assets import resource
from aestudio.gui.palette import Colors

_TEMPLATE = """
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {border}; padding: 6px; }}
QMainWindow, QDialog {{ background: {window}; }}
QMenuBar {{ background: {window}; padding: 2px 4px; }}
QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
QMenuBar::item:selected {{ background: {raised}; }}
QMenu {{ background: {panel}; border: 1px solid {border}; padding: 4px; }}
QMenu::item {{ padding: 6px 24px 6px 8px; border-radius: 4px; }}
QMenu::item:selected {{ background: {accent_soft}; color: {text}; }}
QMenu::item:disabled {{ color: {muted_text}; }}
QMenu::separator {{ height: 1px; background: {border}; margin: 4px 8px; }}
QMenu::icon {{ padding-left: 8px; }}

QPushButton {{ background: {panel}; color: {text}; border: 1px solid {control_border};
  border-radius: 4px; padding: 5px 12px; min-height: 18px; }}
QPushButton:hover {{ background: {raised}; }}
QPushButton:checked {{ background: {accent_soft}; border-color: {accent}; }}
QPushButton:pressed {{ background: {accent_soft}; }}
QPushButton:focus {{ border: 2px solid {accent}; padding: 4px 11px; }}
QPushButton:disabled {{ color: {muted_text}; border-color: {border}; background: {window}; }}
QPushButton[role="primary"] {{ background: {accent}; color: {accent_text};
  border-color: {accent}; font-weight: 600; }}
QPushButton[role="primary"]:hover {{ background: {accent_hover}; border-color: {accent_hover}; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {text}; }}
QPushButton[role="primary"]:disabled {{ background: {raised}; color: {muted_text};
  border-color: {border}; }}
QPushButton[role="quiet"] {{ background: transparent; border-color: transparent; color: {accent}; }}
QPushButton[role="quiet"]:hover {{ background: {accent_soft}; }}
QPushButton[role="quiet"]:focus {{ border: 2px solid {accent}; }}
QPushButton[role="quiet"]:disabled {{ color: {muted_text}; }}
QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: 4px;
  padding: 3px; color: {text}; }}
QToolButton:hover {{ background: {raised}; }}
QToolButton:checked {{ background: {accent_soft}; }}
QToolButton:focus {{ border: 2px solid {accent}; padding: 2px; }}
QToolButton:disabled {{ color: {muted_text}; }}
QToolButton[role="tool"] {{ color: {accent}; border-color: {border}; }}
QToolButton[role="tool"]:hover {{ background: {accent_soft}; }}
QToolButton[role="tool"]:focus {{ border-color: {accent}; }}
QToolButton[role="tool"]:disabled {{ color: {muted_text}; }}
QToolButton::menu-indicator {{ image: none; }}
QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}

QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox {{
  placeholder-text-color: {muted_text};
  background: {panel}; color: {text}; border: 1px solid {control_border}; border-radius: 4px;
  padding: 4px 7px; min-height: 18px;
  selection-background-color: {accent}; selection-color: {accent_text}; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus,
QComboBox:focus {{ border: 2px solid {accent}; padding: 3px 6px; }}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {{
  background: {window}; color: {muted_text}; border-color: {border}; }}
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"], QComboBox[invalid="true"] {{
  border-color: {error}; }}
QAbstractSpinBox {{ min-height: 16px; padding: 3px 0; }}
QAbstractSpinBox:focus {{ padding: 2px 0; }}
QComboBox::drop-down {{ border: none; width: 22px; }}
QComboBox::down-arrow {{ image: url("{chevron_down}"); width: 12px; height: 12px; }}
QComboBox QAbstractItemView {{ background: {panel}; color: {text}; border: 1px solid {border};
  selection-background-color: {accent_soft}; selection-color: {text}; outline: none; }}
QAbstractSpinBox QLineEdit {{ border: none; padding: 0; min-height: 0; background: transparent; }}
QAbstractSpinBox::up-button {{ subcontrol-origin: border; width: 20px;
  border: none; margin: 2px 2px 0 0; }}
QAbstractSpinBox::down-button {{ subcontrol-origin: border; width: 20px;
  border: none; margin: 0 2px 2px 0; }}
QAbstractSpinBox::up-arrow {{ image: url("{chevron_up}");
  width: 10px; height: 10px; }}
QAbstractSpinBox::down-arrow {{ image: url("{chevron_down}");
  width: 10px; height: 10px; }}
QCheckBox, QRadioButton {{ spacing: 8px; padding: 3px; border: 2px solid transparent; border-radius: 4px; }}
QCheckBox:focus, QRadioButton:focus {{ border-color: {accent}; }}
QRadioButton::indicator {{ width: 12px; height: 12px; border: 1px solid {control_border};
  border-radius: 7px; background: {panel}; }}
QRadioButton::indicator:checked {{ background: {panel}; border: 4px solid {accent};
  width: 6px; height: 6px; }}
QCheckBox::indicator, QListView::indicator, QTableView::indicator {{ width: 14px; height: 14px;
  border: 1px solid {control_border}; border-radius: 3px; background: {panel}; }}
QCheckBox::indicator:checked, QListView::indicator:checked, QTableView::indicator:checked {{
  background: {accent}; border-color: {accent}; image: url("{check}"); }}

QTableView, QTreeView, QListView {{ background: {panel}; alternate-background-color: {window};
  color: {text}; border: 1px solid {border}; border-radius: 6px; gridline-color: {border};
  selection-background-color: {accent_soft}; selection-color: {text}; outline: none; }}
QTableView:focus, QTreeView:focus, QListView:focus {{ border: 2px solid {accent}; }}
QTableView::item, QListView::item, QTreeView::item {{ padding: 4px 8px; }}
QHeaderView {{ background: {panel}; border: none; }}
QHeaderView::section {{ background: {panel}; color: {muted_text}; border: none;
  border-bottom: 1px solid {border}; padding: 6px 11px; font-weight: 600; }}
QHeaderView::section:hover {{ color: {text}; }}
QTableCornerButton::section {{ background: {panel}; border: none; }}

QScrollArea {{ background: transparent; border: none; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 12px; margin: 0; }}
QScrollBar::handle {{ background: {control_border}; border-radius: 3px; margin: 3px; }}
QScrollBar::handle:hover {{ background: {muted_text}; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: {window}; }}
QSplitter::handle:hover {{ background: {accent_soft}; }}
QProgressBar {{ background: {raised}; border: none; border-radius: 3px; max-height: 6px;
  min-height: 6px; }}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
QSlider::groove:horizontal {{ height: 4px; background: {raised}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {accent}; width: 14px; height: 14px; margin: -5px 0;
  border-radius: 7px; }}
QSlider::handle:horizontal:disabled, QSlider::sub-page:horizontal:disabled {{
  background: {control_border}; }}
QSlider:focus {{ border: 2px solid {accent}; border-radius: 4px; }}

QLabel[role="muted"] {{ color: {muted_text}; }}
QLabel[role="error"] {{ color: {error}; }}
QLabel[role="warning"] {{ color: {warning}; }}
QLabel[role="good"] {{ color: {good}; }}
QFrame[role="panel"] {{ background: {panel}; border: 1px solid {border}; border-radius: 8px; }}
QFrame[role="card"] {{ background: {panel}; border: 1px solid {border}; border-radius: 8px; }}
QFrame[role="card"]:hover {{ border-color: {control_border}; }}
QDialog[role="popup"] {{ border: 1px solid {control_border}; }}
QFrame[role="note"] {{ background: {raised}; border: none; border-radius: 6px; }}
QFrame[role="line"] {{ background: {border}; border: none; }}
QFrame[role="drop"] {{ background: {panel}; border: 2px dashed {control_border};
  border-radius: 8px; }}
QFrame[role="drop"][active="true"] {{ background: {accent_soft}; border-color: {accent}; }}
QFrame[role="message"] {{ background: {panel}; border: none; border-top: 1px solid {border}; }}
QFrame[role="rail"] {{ background: {panel}; border: none; border-right: 1px solid {border}; }}
QToolButton[role="rail"] {{ border-radius: 6px; padding: 6px 2px; color: {muted_text}; }}
QToolButton[role="rail"]:hover {{ background: {raised}; color: {text}; }}
QToolButton[role="rail"]:checked {{ background: {accent_soft}; color: {text}; font-weight: 600; }}
QToolButton[role="rail"]:focus {{ border: 2px solid {accent}; padding: 5px 1px; }}
"""


def build_stylesheet(colors: Colors, is_dark: bool) -> str:
    """Return the style sheet of one theme."""
    variant = "dark" if is_dark else "light"
    pictures = {
        name: resource("themes", f"{name.replace('_', '-')}-{variant}.svg").as_posix()
        for name in ("chevron_down", "chevron_up", "check")
    }
    values = {name: getattr(colors, name) for name in Colors.names()}
    return _TEMPLATE.format(**values, **pictures)
